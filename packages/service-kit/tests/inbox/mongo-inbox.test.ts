import { startMongoHarness } from '../support/store-harness.ts';
import { describeInboxContract } from './inbox-contract.ts';

describeInboxContract('MongoDB', startMongoHarness);
