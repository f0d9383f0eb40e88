import { runService } from '@postbook/service-kit';
import { loadConfig } from './config.ts';
import { createAuthServer } from './server.ts';

await runService(loadConfig, createAuthServer);
