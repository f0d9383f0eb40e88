import { inheritedEnvironment, readCommandLine } from '../config.ts';
import { describeMachine } from '../report/machine.ts';
import { report, say } from '../report/say.ts';
import { installRivals } from '../sides/rival-install.ts';
import { liveSides } from './live-sides.ts';
import { runSubscriptionsBench } from './run-subscriptions-bench.ts';
import { subscriptionsReport } from './subscriptions-report.ts';

// `npm run bench:subscriptions [-- --quick] [--subscribers 1000,5000] [--sides naive,ours] [--seconds 3] [--passes 2]`

const { flags, number, list } = readCommandLine({
  switches: ['quick'],
  values: ['subscribers', 'sides', 'seconds', 'passes'],
});
const isQuick = flags.has('quick');
const names = list(
  'sides',
  liveSides.map(({ name }) => name),
);
const sides = liveSides.filter(({ name }) => names.includes(name));
const durationMs = number('seconds', isQuick ? 1 : 3) * 1000;

if (sides.some(({ name }) => name === 'hive')) await installRivals(inheritedEnvironment());
const machine = describeMachine();
const started = performance.now();
const result = await runSubscriptionsBench({
  sides,
  subscribers: list('subscribers', isQuick ? ['500'] : ['1000', '5000', '10000']).map(Number),
  paces: [
    { burst: 1, durationMs },
    { burst: 10, durationMs },
  ],
  passes: number('passes', isQuick ? 1 : 2),
});
report(`${machine}\n${sides.map(({ name, description }) => `- ${name}: ${description}`).join('\n')}\n`);
report(subscriptionsReport(result));
say(`done in ${((performance.now() - started) / 1000).toFixed(0)} s`);
process.exit(0);
