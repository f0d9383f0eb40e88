import { readCommandLine } from '../config.ts';
import { describeMachine } from '../report/machine.ts';
import { report, say } from '../report/say.ts';
import { runCommand } from '../run-command.ts';
import { runSoak } from './run-soak.ts';
import { soakReport } from './soak-report.ts';

// `npm run soak [-- --minutes 60]`: ends with 1 when the gateway's memory grew.

await runCommand(async () => {
  const minutes = readCommandLine({ values: ['minutes'] }).number('minutes', 60);
  report(`${describeMachine()}\n`);
  const result = await runSoak({ minutes });
  report(soakReport(result));
  say(result.isFlat ? 'memory stays flat' : 'memory grows');
  return result.isFlat;
});
