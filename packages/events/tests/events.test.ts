import { describe, expect, it } from 'vitest';
import {
  createEvent,
  EVENT_DOMAINS,
  EVENT_TYPES,
  eventCatalogue,
  InvalidEventError,
  isEventOf,
  ownerOf,
  parseEvent,
  relationshipId,
  uuidv7,
} from '../src/index.ts';

const userId = uuidv7();
const usernameChanged = () =>
  createEvent({ type: 'UsernameChanged', aggregateId: userId, version: 2, payload: { userId, username: 'ada' } });

describe('an event', () => {
  it('gets its envelope from the catalogue', () => {
    expect(usernameChanged()).toMatchObject({
      type: 'UsernameChanged',
      schemaVersion: 1,
      aggregateType: 'User',
      aggregateId: userId,
      version: 2,
      occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  it('survives the journey as JSON', () => {
    const event = usernameChanged();
    expect(parseEvent(JSON.parse(JSON.stringify(event)))).toEqual(event);
  });

  it('carries the trace context when there is one', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const event = createEvent({
      type: 'EmailChanged',
      aggregateId: userId,
      version: 1,
      payload: { userId },
      traceparent,
    });
    expect(parseEvent(event).traceparent).toBe(traceparent);
    expect(usernameChanged()).not.toHaveProperty('traceparent');
  });

  it('is refused when its payload does not fit', () => {
    expect(() =>
      createEvent({
        type: 'UsernameChanged',
        aggregateId: userId,
        version: 1,
        payload: { userId: 'x', username: 'y' },
      }),
    ).toThrow(InvalidEventError);
  });

  it.each([
    ['nothing', undefined],
    ['text', 'UserCreated'],
    ['an unknown type', { ...usernameChanged(), type: 'Nonsense' }],
    ['a type named like a member of Object', { ...usernameChanged(), type: 'constructor' }],
    ['a negative version', { ...usernameChanged(), version: -1 }],
    ['a local time', { ...usernameChanged(), occurredAt: '2026-01-01 10:00' }],
    ['a newer schema', { ...usernameChanged(), schemaVersion: 2 }],
  ])('is not %s', (_name, value) => {
    expect(() => parseEvent(value)).toThrow(InvalidEventError);
  });

  it('may have members this build does not know: they are dropped', () => {
    const event = usernameChanged();
    expect(parseEvent({ ...event, payload: { ...event.payload, later: 1 } })).toEqual(event);
  });

  it('is told apart by its type', () => {
    const event = parseEvent(usernameChanged());
    expect(isEventOf(event, 'UserPurged')).toBe(false);
    expect(isEventOf(event, 'UserPurged', 'UsernameChanged') && event.type).toBe('UsernameChanged');
  });
});

describe('the catalogue', () => {
  it.each(EVENT_TYPES)('%s belongs to a domain', (type) => {
    expect(EVENT_DOMAINS).toContain(ownerOf(type));
    expect(eventCatalogue[type].aggregateType).not.toBe('');
  });

  it('carries no message text', () => {
    expect(Object.keys(eventCatalogue.MessageSent.payload.shape)).not.toContain('text');
  });
});

describe('an edge between two people', () => {
  it('has one id whichever friend is named first', () => {
    expect(relationshipId('Friend', 'b', 'a')).toBe(relationshipId('Friend', 'a', 'b'));
  });
  it('has a direction when one follows or blocks the other', () => {
    expect(relationshipId('Block', 'b', 'a')).not.toBe(relationshipId('Block', 'a', 'b'));
  });
});

describe('uuidv7', () => {
  it('makes valid, distinct ids that sort in the order they were made', () => {
    const ids = Array.from({ length: 20_000 }, uuidv7);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    for (const id of ids.slice(0, 100)) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it('carries the current time', () => {
    const milliseconds = Number.parseInt(uuidv7().replaceAll('-', '').slice(0, 12), 16);
    expect(Math.abs(milliseconds - Date.now())).toBeLessThan(60_000);
  });
});
