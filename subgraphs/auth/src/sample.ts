import { runSample } from '@postbook/sample-data';
import { loadConfig } from './config.ts';
import { fillAccounts } from './sample/sample-accounts.ts';

await runSample(loadConfig, fillAccounts);
