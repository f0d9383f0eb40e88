import { runService } from '@postbook/service-kit';
import { loadConfig } from './config.ts';
import { createGatewayServer } from './server.ts';

await runService(loadConfig, createGatewayServer);
