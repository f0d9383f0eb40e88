import { inheritedEnvironment, readCommandLine } from '../config.ts';
import { describeMachine, describeSides } from '../report/machine.ts';
import { report } from '../report/say.ts';
import { runCommand } from '../run-command.ts';
import { installRivals } from '../sides/rival-install.ts';
import { liveSides } from './live-sides.ts';
import { runSubscriptionsBench } from './run-subscriptions-bench.ts';
import { subscriptionsReport } from './subscriptions-report.ts';

// `npm run bench:subscriptions [-- --quick] [--subscribers 1000,5000] [--sides naive,ours] [--seconds 3] [--passes 2]`

await runCommand(async () => {
  const { flags, number, list, choose } = readCommandLine({
    switches: ['quick'],
    values: ['subscribers', 'sides', 'seconds', 'passes'],
  });
  const isQuick = flags.has('quick');
  const sides = choose('sides', liveSides);
  const durationMs = number('seconds', isQuick ? 1 : 3) * 1000;
  const machine = describeMachine();
  if (sides.some(({ name }) => name === 'hive')) await installRivals(inheritedEnvironment());
  const result = await runSubscriptionsBench({
    sides,
    subscribers: list('subscribers', isQuick ? ['500'] : ['1000', '5000', '10000']).map(Number),
    paces: [1, 10].map((burst) => ({ burst, durationMs })),
    passes: number('passes', isQuick ? 1 : 2),
  });
  report([machine, describeSides(sides), '', subscriptionsReport(result)].join('\n'));
  return result.failures.length === 0;
});
