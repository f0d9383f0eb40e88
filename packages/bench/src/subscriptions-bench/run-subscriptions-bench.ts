import { join } from 'node:path';
import { setChatStage } from '../chat-graph/chat-stage.ts';
import { startProcess } from '../processes/child-process.ts';
import { remoteOf } from '../processes/commands.ts';
import { requireDescriptors } from '../processes/descriptor-limit.ts';
import { say } from '../report/say.ts';
import type { AudienceCommands } from '../subscribers/audience-process.ts';
import { LIVE_TEXT } from './live-operation.ts';
import { type LiveSide, ROOM } from './live-side.ts';
import { type LiveResult, measureLive, type Pace } from './measure-live.ts';
import { MESSAGES_BEFORE } from './seats.ts';

/** What is measured. */
export interface SubscriptionsBenchOptions {
  readonly sides: readonly LiveSide[];
  /** Sizes of the audience. */
  readonly subscribers: readonly number[];
  readonly paces: readonly Pace[];
  /** How often all is done, sides in turns. */
  readonly passes: number;
}

/** A side and size that could not be measured, and why. */
export interface LiveFailure {
  readonly side: string;
  readonly subscribers: number;
  readonly reason: string;
}

/** What came of it: one result for each side, size and pass. */
export interface SubscriptionsBenchResult {
  readonly results: readonly LiveResult[];
  readonly failures: readonly LiveFailure[];
}

/** Runs the benchmark. Leaves no process behind, however it ends. @throws Error when too few files may be open. */
export async function runSubscriptionsBench(options: SubscriptionsBenchOptions): Promise<SubscriptionsBenchResult> {
  requireDescriptors(Math.max(...options.subscribers));
  await using stack = new AsyncDisposableStack();
  const stage = await setChatStage(stack);
  const listeners = await startProcess({
    name: 'audience',
    args: [join(import.meta.dirname, '..', 'subscribers', 'audience-process.ts')],
  });
  stack.defer(() => listeners.stop());
  const audience = remoteOf<AudienceCommands>(listeners.child);
  await stage.chat.commands.send({ room: ROOM, text: LIVE_TEXT, count: MESSAGES_BEFORE });

  const results: LiveResult[] = [];
  const failures: LiveFailure[] = [];
  for (const subscribers of options.subscribers) {
    for (let pass = 0; pass < options.passes; pass += 1) {
      for (const side of options.sides.filter(({ maxSubscribers }) => subscribers <= maxSubscribers)) {
        say(`${subscribers} subscribers, pass ${pass + 1} of ${options.passes}: ${side.name}`);
        try {
          results.push(await measureLive(side, { stage, audience, subscribers, paces: options.paces }));
        } catch (error) {
          const reason = (error as Error).message.split('\n', 1)[0]?.replace(/^Error: /, '') ?? '';
          say(`${side.name} failed: ${reason}`);
          failures.push({ side: side.name, subscribers, reason });
        }
      }
    }
  }
  return { results, failures };
}
