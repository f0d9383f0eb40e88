import { runSample } from '@postbook/sample-data';
import { loadConfig } from './config.ts';
import { fillPosts } from './sample/sample-posts.ts';

await runSample(loadConfig, fillPosts);
