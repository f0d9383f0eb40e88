import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sayDone, sayWarning } from '../console/say.ts';
import { createGraphCall, type GraphCall } from './graph-client.ts';
import { befriend, ensureAccount, type LoggedIn } from './people.ts';
import { group, otherAccounts, type SampleAccount, talk, tourAccounts } from './sample-data.ts';
import { openDirect, openGroup, send } from './talks.ts';

/** Where the sample data goes. */
export interface SeedOptions {
  /** The gateway. */
  readonly url: string;
  /** Where the codes are mailed to; undefined when a mail server is given, and nobody here can read them. */
  readonly mailboxDir: string | undefined;
  readonly dataDir: string;
}

/**
 * Makes the sample data once, through the graph itself, as people would: every rule and event applies to it. A run that
 * was interrupted goes on where it left.
 *
 * @returns the accounts of the tour; none when they can't be made here.
 */
export async function seed(options: SeedOptions): Promise<readonly SampleAccount[]> {
  const marker = join(options.dataDir, 'seeded.json');
  if (existsSync(marker)) return tourAccounts;
  if (!options.mailboxDir) {
    sayWarning('No sample data: SMTP_URL is set, so the codes for the sample accounts would go to strangers.');
    return [];
  }
  const started = performance.now();
  const call = createGraphCall(options.url);
  const people: LoggedIn[] = [];
  for (const account of [...tourAccounts, ...otherAccounts])
    people.push(await ensureAccount(call, account, options.mailboxDir));
  await talkTogether(call, people);
  writeFileSync(marker, `${JSON.stringify({ seededAt: new Date().toISOString() })}\n`);
  sayDone(`Sample data: ${people.length} people and their chats`, performance.now() - started);
  return tourAccounts;
}

async function talkTogether(call: GraphCall, people: readonly LoggedIn[]): Promise<void> {
  const [ada, grace, tomas] = people;
  if (!ada || !grace || !tomas) throw new Error('The sample data needs three people.');
  await befriend(call, ada, grace);
  await befriend(call, tomas, ada);
  const { name, description } = group;
  const walk = await openGroup(call, ada, { name, description, members: [grace, tomas], key: 'seed-group' });
  for (const [index, content] of group.talk.entries()) {
    const sender = [ada, tomas, grace][index % 3] ?? ada;
    await send(call, sender, { conversationId: walk, content, key: `seed-group-${index}` });
  }
  // Last, so that the tour's first conversation is the one where `npm run say` speaks.
  const direct = await openDirect(call, ada, grace);
  for (const [index, [who, content]] of talk.entries()) {
    await send(call, who === 0 ? ada : grace, { conversationId: direct, content, key: `seed-direct-${index}` });
  }
}
