import { runService } from '@postbook/service-kit/edge';
import { loadConfig } from './config.ts';
import { createGatewayServer } from './server.ts';

await runService(loadConfig, createGatewayServer);
