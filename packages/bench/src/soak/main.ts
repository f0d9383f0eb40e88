import { readCommandLine } from '../config.ts';
import { describeMachine } from '../report/machine.ts';
import { report, say } from '../report/say.ts';
import { runSoak } from './run-soak.ts';
import { soakReport } from './soak-report.ts';

// `npm run soak [-- --minutes 60]`: ends with 1 when the gateway's memory grew.

const minutes = readCommandLine({ values: ['minutes'] }).number('minutes', 60);
report(`${describeMachine()}\n`);
const result = await runSoak({ minutes });
report(soakReport(result));
say(result.isFlat ? 'memory stays flat' : 'memory grows');
process.exit(result.isFlat ? 0 : 1);
