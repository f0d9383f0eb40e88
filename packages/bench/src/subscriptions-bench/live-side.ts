import type { ChatStage } from '../chat-graph/chat-stage.ts';
import type { RunningProcess } from '../processes/child-process.ts';

/** The room that everybody listens to. */
export const ROOM = 'bench';

/** A side that runs. */
export interface RunningLiveSide {
  readonly process: RunningProcess;
  /** Sends that many messages at once. */
  send(count: number): Promise<void>;
}

/** A way of bringing events to thousands. */
export interface LiveSide {
  readonly name: string;
  readonly description: string;
  /** Whether it understands cursors and people; without, subscribers begin at the present and are nobody. */
  readonly isGateway: boolean;
  /** The most subscribers that it is measured with: a slow side would take hours. */
  readonly maxSubscribers: number;
  start(stage: ChatStage): Promise<RunningLiveSide>;
}
