import { loadCommandConfig } from './config.ts';
import { say, sayError } from './console/say.ts';
import { reload } from './dev/reload.ts';
import { watchSources } from './dev/watch-sources.ts';
import { seedAtFirstStart } from './seed/seed.ts';
import { startStack } from './stack/stack.ts';
import { stopRequest } from './stop-request.ts';
import { welcome } from './welcome.ts';

// `npm run dev`: like `npm start`, and a service is restarted when its sources change, all when the shared ones do.
const started = performance.now();
const stopRequested = stopRequest();
try {
  const config = loadCommandConfig();
  const stack = await startStack({ ...config, environment: { LOG_LEVEL: 'info', ...config.environment } });
  const accounts = await seedAtFirstStart({ ...stack, config });
  welcome({ url: stack.url, accounts, mailboxDir: stack.mailboxDir, elapsedMs: performance.now() - started });

  let queue = Promise.resolve();
  const folders = [
    ...stack.services.map(({ spec }) => spec.folder),
    'packages/service-kit',
    'packages/events',
    'packages/people',
    'packages/attachments',
    'db/src',
  ];
  const watchers = folders.map((folder) =>
    watchSources(folder, (files) => {
      queue = queue.then(() => reload(stack, folder, files));
    }),
  );
  say('Watching for changes …');
  await stopRequested;
  for (const watcher of watchers) watcher.close();
  await stack.stop();
  process.exit(0);
} catch (error) {
  sayError((error as Error).message);
  process.exit(1);
}
