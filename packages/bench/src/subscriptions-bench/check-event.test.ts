import { expect, test } from 'vitest';
import { personOf } from '../feed-graph/feed-data.ts';
import { eventDifference } from './check-event.ts';
import { LIVE_TEXT } from './live-operation.ts';

function event(change: { text?: string; username?: string; cursor?: string; errors?: readonly unknown[] }): string {
  const { id, username, displayName } = personOf('u3');
  const sender = { id, username: change.username ?? username, displayName };
  const message = { id: 'm12', text: change.text ?? LIVE_TEXT, sentAt: 1.5, sender };
  const { errors } = change;
  const data = { messageSent: { cursor: change.cursor ?? '12', message } };
  return JSON.stringify({ id: '0', type: 'next', payload: { data, ...(errors ? { errors } : {}) } });
}

test('an event that says all it should differs in nothing', () => {
  expect(eventDifference(event({}))).toBeUndefined();
});

test.each([
  ['text', event({ text: 'else' }), /^event\.data\.messageSent\.message\.text is "else"/],
  [
    'a joined field',
    event({ username: 'person_4' }),
    /^event\.data\.messageSent\.message\.sender\.username is "person_4"/,
  ],
  ['the cursor', event({ cursor: '11' }), /^event\.data\.messageSent\.cursor is "11", not "12"/],
  ['errors', event({ errors: [{}] }), /^event\.errors is \[\{\}\], not nothing/],
  ['everything', '{"type":"next"}', /^event is nothing/],
])('a difference in %s is found', (_what, text, difference) => {
  expect(eventDifference(text)).toMatch(difference);
});
