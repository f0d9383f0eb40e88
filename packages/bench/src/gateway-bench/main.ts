import { inheritedEnvironment, readCommandLine } from '../config.ts';
import { describeMachine, describeSides } from '../report/machine.ts';
import { report } from '../report/say.ts';
import { runCommand } from '../run-command.ts';
import { handWritten } from '../sides/hand-written/hand-written.ts';
import { hiveSides } from '../sides/hive.ts';
import { ours } from '../sides/ours.ts';
import { installRivals } from '../sides/rival-install.ts';
import { stock } from '../sides/stock.ts';
import { gatewayReport } from './gateway-report.ts';
import { runGatewayBench } from './run-gateway-bench.ts';

// `npm run bench:gateway [-- --quick] [--sides stock,ours] [--rounds 5] [--seconds 2] [--connections 1,50]`

await runCommand(async () => {
  const { flags, number, list, choose } = readCommandLine({
    switches: ['quick'],
    values: ['sides', 'rounds', 'seconds', 'connections'],
  });
  const isQuick = flags.has('quick');
  const sides = choose('sides', [stock, ...hiveSides, handWritten, ours]);
  const durationMs = number('seconds', isQuick ? 0.5 : 2) * 1000;
  const machine = describeMachine();
  if (sides.some((side) => hiveSides.includes(side))) await installRivals(inheritedEnvironment());
  const result = await runGatewayBench({
    sides,
    connections: list('connections', ['1', '50']).map(Number),
    rounds: number('rounds', isQuick ? 2 : 4),
    durationMs,
    warmUpMs: durationMs,
  });
  report([machine, describeSides(sides), '', gatewayReport(result)].join('\n'));
  return true;
});
