import { runService } from '@postbook/service-kit';
import { loadConfig } from './config.ts';
import { createNotificationsServer } from './server.ts';

await runService(loadConfig, createNotificationsServer);
