import {
  createSampleClock,
  createSamplePlatform,
  inParallel,
  type Sample,
  type SampleClock,
  type SampleConversation,
  sampleUserId,
} from '@postbook/sample-data';
import type { Outcome } from '@postbook/service-kit';
import type { ChatsConfig } from '../config.ts';
import { createChatsDatabase } from '../database/chats-database-repository.ts';
import { createServices } from '../services.ts';

/** Conversations filled at a time; the messages of one follow each other. */
const AT_ONCE = 8;

/** What was refused spoils the sample. */
function accept<Value>({ value, errors: [mistake] }: Outcome<Value>): Value {
  if (value !== null) return value;
  throw new Error(`the sample was refused: ${mistake?.message}`);
}

type ChatsServices = ReturnType<typeof createServices>['services'];

/** Fills one conversation. Requests have ids, so that what is there already is found and not made again. */
function createFiller(services: ChatsServices, sample: Sample, clock: SampleClock) {
  const { conversations, messages } = services;

  async function open({ group, members: [owner = 0, ...rest], messages: said }: SampleConversation, key: string) {
    const memberIds = rest.map(sampleUserId);
    const openedAt = sample.minutesAgo((said[0]?.minutesAgo ?? 0) + 1);
    return clock.at(openedAt, async () => {
      const outcome = group
        ? await conversations.createGroup(sampleUserId(owner), { ...group, memberIds, clientMutationId: key })
        : await conversations.openDirect(sampleUserId(owner), memberIds[0] ?? '');
      return accept(outcome).conversation.id;
    });
  }

  return async (conversation: SampleConversation, key: string, onMessage: () => void): Promise<void> => {
    const conversationId = await open(conversation, key);
    for (const [index, { author, minutesAgo, text: content }] of conversation.messages.entries()) {
      await clock.at(sample.minutesAgo(minutesAgo), async () =>
        accept(
          await messages.send(sampleUserId(author), { conversationId, content, clientMessageId: `${key}-${index}` }),
        ),
      );
      onMessage();
    }
  };
}

/** Fills the conversations of the sample. The tour's come last, so that they are on top of the list. */
export async function fillConversations(config: ChatsConfig, sample: Sample): Promise<void> {
  const platform = createSamplePlatform('chats-sample', config);
  const database = createChatsDatabase(config, platform.log);
  const clock = createSampleClock();
  const { services } = createServices({ config, platform, database, now: clock.now });
  await database.start();
  const fill = createFiller(services, sample, clock);
  const { conversations } = sample;
  const total = conversations.reduce((sum, { messages }) => sum + messages.length, 0);
  let done = 0;
  const onMessage = () => {
    done += 1;
    sample.progress(done, total);
  };
  const keyOf = (index: number) => `sample-${sample.people.length}-talk-${index}`;
  await inParallel(conversations, AT_ONCE, (conversation, index) => fill(conversation, keyOf(index), onMessage));
  await database.stop();
}
