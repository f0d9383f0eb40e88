import type { LiveTopics } from '@postbook/service-kit';
import { z } from 'zod';
import type { Change } from './change.ts';

const common = { userId: z.string(), sequence: z.int() };

const changeSchema: z.ZodType<Change> = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['New', 'Updated', 'Read', 'Removed']), ...common, notificationId: z.string() }),
  z.object({ kind: z.literal('AllRead'), ...common, readUpTo: z.coerce.date() }),
]);

/** The live topic of a person's notifications. */
export const notificationTopic = (userId: string): string => `notifications:${userId}`;

/** All listeners of a process get the same object: it is checked once and not for each. */
const parsedChanges = new WeakMap<object, Change | null>();

/** The change, or null for what a newer build may send. */
export function parseChange(value: unknown): Change | null {
  if (typeof value !== 'object' || value === null) return null;
  const known = parsedChanges.get(value);
  if (known !== undefined) return known;
  const change = changeSchema.safeParse(value).data ?? null;
  parsedChanges.set(value, change);
  return change;
}

/** Tells the person's devices. Ids only. Never rejects. */
export const announce = (live: LiveTopics, change: Change): Promise<void> =>
  live.publish(notificationTopic(change.userId), {
    ...change,
    ...(change.kind === 'AllRead' ? { readUpTo: change.readUpTo.toISOString() } : {}),
  } as never);
