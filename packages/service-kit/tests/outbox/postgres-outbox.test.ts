import { startPostgresHarness } from '../support/store-harness.ts';
import { describeOutboxContract } from './outbox-contract.ts';

describeOutboxContract('PostgreSQL', startPostgresHarness);
