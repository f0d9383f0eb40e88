import type { RequestScope } from '../graphql/request-scope.ts';
import type { LiveNotice } from './live-protocol.ts';

const CAUGHT_UP = Symbol('caught up');

/** Stands among the events of a stream for: everything behind was told, listen to the topic for what comes. */
export interface CaughtUp {
  readonly [CAUGHT_UP]: LiveNotice;
}

/** Makes the mark. */
export const caughtUp = (notice: LiveNotice & { readonly topic: string; readonly cursor: string }): CaughtUp => ({
  [CAUGHT_UP]: notice,
});

/** The notice of a {@link CaughtUp}; undefined for any other value. */
export const caughtUpNotice = (value: unknown): LiveNotice | undefined =>
  typeof value === 'object' && value !== null && CAUGHT_UP in value ? (value as CaughtUp)[CAUGHT_UP] : undefined;

/** Events with their places in a topic. */
export interface LiveStream<T> extends AsyncIterableIterator<T | CaughtUp, undefined> {
  /** See `LiveNotice.position`. */
  livePosition(event: T): number;
}

/** Whether a subscription's source has places in a topic. */
export const isLiveStream = (source: object): source is LiveStream<unknown> => 'livePosition' in source;

/** Gives a stream's events their places. */
export const withLivePositions = <T>(
  stream: AsyncIterableIterator<T, undefined>,
  livePosition: (event: T) => number,
): LiveStream<T> => Object.assign(stream, { livePosition });

/** The three ways in which a subscription field that all who listen see alike can be answered. */
export interface LiveOffer<T> {
  /** For one viewer, by itself. Authorises. */
  own(): Promise<AsyncIterableIterator<T, undefined>>;
  /** For one viewer, up to the topic; then only its end. Authorises. */
  attach(): Promise<LiveStream<T>>;
  /** What the topic tells behind a position, for the gateway itself. The topic's name must be checked. */
  topic(topic: string, after: number): Promise<LiveStream<T>>;
}

/** Answers a subscription as the live protocol asks, which was checked for who asks (see `createSubscriptionServer`). */
export function openLive<T>({ live }: RequestScope, offer: LiveOffer<T>) {
  switch (live?.mode) {
    case undefined:
      return offer.own();
    case 'attach':
      return offer.attach();
    case 'topic':
      return offer.topic(live.topic, live.after);
    default:
      return live satisfies never;
  }
}
