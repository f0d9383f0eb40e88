import { runSample } from '@postbook/sample-data';
import { loadConfig } from './config.ts';
import { fillConversations } from './sample/sample-conversations.ts';

await runSample(loadConfig, fillConversations);
