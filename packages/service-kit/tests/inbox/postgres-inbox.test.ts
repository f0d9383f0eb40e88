import { startPostgresHarness } from '../support/store-harness.ts';
import { describeInboxContract } from './inbox-contract.ts';

describeInboxContract('PostgreSQL', startPostgresHarness);
