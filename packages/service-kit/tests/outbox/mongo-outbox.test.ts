import { startMongoHarness } from '../support/store-harness.ts';
import { describeOutboxContract } from './outbox-contract.ts';

describeOutboxContract('MongoDB', startMongoHarness);
