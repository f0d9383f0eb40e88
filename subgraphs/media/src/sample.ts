import { runSample } from '@postbook/sample-data';
import { loadConfig } from './config.ts';
import { fillPictures } from './sample/sample-pictures.ts';

await runSample(loadConfig, fillPictures);
