import { runService } from '@postbook/service-kit';
import { loadConfig } from './config.ts';
import { createProfilesServer } from './server.ts';

await runService(loadConfig, createProfilesServer);
