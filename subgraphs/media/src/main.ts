import { runService } from '@postbook/service-kit';
import { loadConfig } from './config.ts';
import { createMediaServer } from './server.ts';

await runService(loadConfig, createMediaServer);
