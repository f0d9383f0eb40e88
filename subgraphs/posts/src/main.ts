import { runService } from '@postbook/service-kit';
import { loadConfig } from './config.ts';
import { createPostsServer } from './server.ts';

await runService(loadConfig, createPostsServer);
