import { inheritedEnvironment, readCommandLine } from '../config.ts';
import { describeMachine } from '../report/machine.ts';
import { report, say } from '../report/say.ts';
import { handWritten } from '../sides/hand-written/hand-written.ts';
import { hiveSides } from '../sides/hive.ts';
import { ours } from '../sides/ours.ts';
import { installRivals } from '../sides/rival-install.ts';
import { stock } from '../sides/stock.ts';
import { gatewayReport } from './gateway-report.ts';
import { runGatewayBench } from './run-gateway-bench.ts';

// `npm run bench:gateway [-- --quick] [--sides stock,ours] [--rounds 5] [--seconds 2] [--connections 1,50]`

const known = [stock, ...hiveSides, handWritten, ours];
const { flags, number, list } = readCommandLine({
  switches: ['quick'],
  values: ['sides', 'rounds', 'seconds', 'connections'],
});
const isQuick = flags.has('quick');
const names = list(
  'sides',
  known.map(({ name }) => name),
);
const sides = known.filter(({ name }) => names.includes(name));
const seconds = number('seconds', isQuick ? 0.5 : 2);

const machine = describeMachine();
if (sides.some((side) => hiveSides.includes(side))) await installRivals(inheritedEnvironment());
const started = performance.now();
const result = await runGatewayBench({
  sides,
  connections: list('connections', ['1', '50']).map(Number),
  rounds: number('rounds', isQuick ? 2 : 4),
  durationMs: seconds * 1000,
  warmUpMs: Math.max(0.5, seconds) * 1000,
});
report(`${machine}\n${sides.map(({ name, description }) => `- ${name}: ${description}`).join('\n')}\n`);
report(gatewayReport(result));
say(`done in ${((performance.now() - started) / 1000).toFixed(0)} s`);
process.exit(0);
