import { z } from 'zod';

/**
 * How the gateway and a subgraph share one live stream among all who see it alike, in `extensions.live` of the messages of
 * a subscription. See docs/decisions/0011-shared-live-topics.md.
 *
 * - `attach`: the viewer's own subscription. The subgraph authorises, replays, and says with a {@link LiveNotice} that
 *   from here on the topic tells all; then it is silent, and only its end comes through it.
 * - `topic`: the events of the topic behind a position, for the gateway itself and nobody else.
 */
export type LiveRequest =
  | { readonly mode: 'attach' }
  | { readonly mode: 'topic'; readonly topic: string; readonly after: number };

/** What a subgraph says of a stream's place in its topic. */
export interface LiveNotice {
  /** Events up to here were told. Lasting events have growing ones; what is told in passing has that of the last of them. */
  readonly position: number;
  /** Given once, when an attached subscription has caught up: where to listen from now on. */
  readonly topic?: string | undefined;
  /** With the topic: the cursor that stands for the position. */
  readonly cursor?: string | undefined;
}

const requestSchema = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('attach') }),
  z.object({ mode: z.literal('topic'), topic: z.string().min(1).max(500), after: z.int().nonnegative() }),
]);

const noticeSchema = z.object({
  position: z.int().nonnegative(),
  topic: z.string().min(1).optional(),
  cursor: z.string().optional(),
});

/** The request in `extensions.live` of a subscribe message; undefined for what isn't one. */
export const readLiveRequest = (value: unknown): LiveRequest | undefined => requestSchema.safeParse(value).data;

/** The notice in `extensions.live` of an event; undefined for what isn't one. */
export const readLiveNotice = (value: unknown): LiveNotice | undefined => noticeSchema.safeParse(value).data;
