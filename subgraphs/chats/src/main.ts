import { runService } from '@postbook/service-kit';
import { loadConfig } from './config.ts';
import { createChatsServer } from './server.ts';

await runService(loadConfig, createChatsServer);
