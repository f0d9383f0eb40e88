import { EVENT_DOMAINS, type EventDomain } from '@postbook/events';
import type { RedisClient } from '../redis/create-redis.ts';
import type { KeySpace } from '../redis/key-space.ts';
import type { DeadLetter, DeadLetterPage } from './event-bus.ts';
import { parseEntries } from './redis-stream-entry.ts';
import { streamKeys } from './redis-stream-keys.ts';
import { redriveScript } from './redis-stream-scripts.ts';

const DEFAULT_PAGE = 50;
const DEFAULT_REDRIVE = 100;

/** Splits a dead letter's id into the domain whose stream it came from and its place among that domain's letters. */
function parseLetterId(id: string): { domain: EventDomain; entry: string } | undefined {
  const [name, entry] = id.split('/');
  const domain = EVENT_DOMAINS.find((known) => known === name);
  return domain && entry && /^\d+-\d+$/.test(entry) ? { domain, entry } : undefined;
}

/** Reads and revives what groups gave up. */
export function createDeadLetters(redis: RedisClient, keys: KeySpace) {
  async function read(domain: EventDomain, group: string, start: string, limit: number): Promise<DeadLetter[]> {
    const reply = await redis.xrange(streamKeys(keys, domain).deadLetters(group), start, '+', 'COUNT', limit);
    return parseEntries(reply).map(({ id, fields }) => ({
      id: `${domain}/${id}`,
      group,
      reason: fields.reason ?? '',
      attempts: Number(fields.attempts ?? 0),
      failedAt: new Date(fields.failedAt ?? 0),
      body: fields.event ?? '',
    }));
  }

  async function page(
    group: string,
    { after, limit = DEFAULT_PAGE }: { after?: string; limit?: number } = {},
  ): Promise<DeadLetterPage> {
    const from = after === undefined ? undefined : parseLetterId(after);
    const items: DeadLetter[] = [];
    const remaining = from ? EVENT_DOMAINS.slice(EVENT_DOMAINS.indexOf(from.domain)) : EVENT_DOMAINS;
    for (const domain of remaining) {
      const start = from?.domain === domain ? `(${from.entry}` : '-';
      // One more than asked for tells whether there is a next page.
      items.push(...(await read(domain, group, start, limit + 1 - items.length)));
      if (items.length > limit) break;
    }
    const shown = items.slice(0, limit);
    return { items: shown, next: items.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }

  async function redrive(group: string, select: { ids?: readonly string[]; limit?: number } = {}): Promise<number> {
    const ids = select.ids ?? (await page(group, { limit: select.limit ?? DEFAULT_REDRIVE })).items.map(({ id }) => id);
    let count = 0;
    for (const id of ids) {
      const letter = parseLetterId(id);
      if (!letter) continue;
      const { stream, deadLetters } = streamKeys(keys, letter.domain);
      count += Number(await redriveScript.run(redis, [stream, deadLetters(group)], [group, letter.entry]));
    }
    return count;
  }

  return { page, redrive };
}
