import { runSample } from '@postbook/sample-data';
import { loadConfig } from './config.ts';
import { fillPeople } from './sample/sample-people.ts';

await runSample(loadConfig, fillPeople);
