import { randomUUID } from 'node:crypto';
import { loadCommandConfig } from './config.ts';
import { sayDone, sayError } from './console/say.ts';
import { createGraphCall } from './graph/graph-client.ts';
import { logIn } from './graph/log-in.ts';
import { openDirect, send } from './graph/talks.ts';
import { tourAccounts } from './seed/tour-accounts.ts';
import { runningGraph } from './stack/run-lock.ts';

// `npm run say -- "text"`: the second sample account writes to the first, for the tour's live chat.
const content = process.argv.slice(2).join(' ') || 'Hello from the other side';
const running = runningGraph(loadCommandConfig().dataDir);
if (!running) {
  sayError('The graph does not run: start it with "npm start" in another terminal.');
  process.exit(1);
}
const call = createGraphCall(running.url);
const [listener, speaker] = [await logIn(call, tourAccounts[0]), await logIn(call, tourAccounts[1])];
if (!listener || !speaker) {
  sayError('The sample accounts do not exist here: "npm run reset" and "npm start" make them.');
  process.exit(1);
}
const conversationId = await openDirect(call, speaker, listener);
const number = await send(call, speaker, { conversationId, content, key: randomUUID() });
sayDone(`${tourAccounts[1].username} said "${content}" (message ${number} of conversation ${conversationId})`);
process.exit(0);
