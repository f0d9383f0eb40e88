import { serveCommands } from '../processes/commands.ts';
import { createAudience, type Seat } from './audience.ts';

/** The audience of the subscription benchmark, in a process of its own. */

const audience = createAudience();

const commands = {
  open: ({ port, seats }: { port: number; seats: readonly Seat[] }) => audience.open(port, seats),
  expect: ({ count }: { count: number }) => audience.expect(count),
  settled: () => audience.settled(),
  sample: () => audience.sample(),
  close: () => audience.close(),
};

/** What the audience's process can be told. */
export type AudienceCommands = typeof commands;

serveCommands(commands, '');
