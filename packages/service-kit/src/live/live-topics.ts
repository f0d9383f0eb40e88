import type { Component } from '../lifecycle/component.ts';

/** A value that survives JSON. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** What a subscriber is told. Neither function may throw. */
export interface TopicListener {
  /** A message of the topic, in the order in which it arrived. */
  onMessage(message: unknown): void;
  /** Messages may have been missed: read the store after what was seen last. */
  onGap(): void;
}

/** Ends a subscription at once; nothing is delivered after it returns. Callable twice. */
export type Unsubscribe = () => void;

/**
 * Passes messages to whoever listens right now, on any process. Nothing is kept and messages can be lost, so whatever
 * must arrive is read from the store by a cursor; see `createReplayableStream`.
 */
export interface LiveTopics extends Component {
  /** Sends a message, after the change it tells of is committed. Never rejects: a failure is counted and logged. */
  publish(topic: string, message: JsonValue): Promise<void>;
  /**
   * Resolves when messages sent from now on will arrive, so attaching first and reading the store next leaves no gap.
   * While the server is away it resolves at once, and `onGap` is called when the subscription has become active.
   */
  subscribe(topic: string, listener: TopicListener): Promise<Unsubscribe>;
}
