import { ConfigError } from '@postbook/service-kit';
import { loadCommandConfig } from './config.ts';
import { say, sayError, style } from './console/say.ts';
import { isHeldForSample, isSampleDue, seedAtFirstStart } from './seed/seed.ts';
import { startStack } from './stack/stack.ts';
import { stopRequest } from './stop-request.ts';
import { welcome } from './welcome.ts';

// `npm start`: the whole graph on this machine, with sample data at the first start. Ctrl-C stops it, data is kept.
const started = performance.now();
const stopRequested = stopRequest();
try {
  const config = loadCommandConfig();
  say(style.bold('Starting PostBook'));
  const starting = startStack(config, isSampleDue(config) ? isHeldForSample : undefined);
  const early = await Promise.race([starting.then(() => undefined), stopRequested]);
  const stack = await starting;
  if (early === undefined) {
    const accounts = await seedAtFirstStart({ ...stack, config, onFilled: stack.startHeld });
    welcome({ url: stack.url, accounts, mailboxDir: stack.mailboxDir, elapsedMs: performance.now() - started });
    process.send?.({ type: 'ready', url: stack.url });
    await stopRequested;
  }
  say('\nStopping; the data is kept …');
  await stack.stop();
  say('Stopped. "npm start" goes on where you left, "npm run reset" forgets everything.');
  process.exit(0);
} catch (error) {
  sayError(error instanceof ConfigError ? error.message : (error as Error).message);
  process.exit(1);
}
