import { personOf } from '../feed-graph/feed-data.ts';
import { firstDifference } from '../gateway-bench/check-answers.ts';
import { LIVE_TEXT } from './live-operation.ts';

/** The parts of an event that say what the others must be. */
interface SampledEvent {
  readonly payload?: {
    readonly data?: { readonly messageSent?: { readonly cursor?: string; readonly message?: Message } };
  };
}

interface Message {
  readonly id: string;
  readonly sentAt: number;
  readonly sender: { readonly id: string };
}

/** Where an event as a subscriber got it differs from what it should say: joined, complete, and nothing else. */
export function eventDifference(text: string): string | undefined {
  const { payload } = JSON.parse(text) as SampledEvent;
  const event = payload?.data?.messageSent;
  const { id, sentAt, sender } = event?.message ?? { id: 'm0', sentAt: 0, sender: { id: 'u0' } };
  const { username, displayName } = personOf(sender.id);
  const message = { id, text: LIVE_TEXT, sentAt, sender: { id: sender.id, username, displayName } };
  return firstDifference({ data: { messageSent: { cursor: id.slice(1), message } } }, payload, 'event');
}
