import { GATEWAY_SERVICE, type LiveRequest, subscriptionBody } from '@postbook/service-kit';
import { createSubscriber, type Subscriber } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chats, type Instance, type Person, startChats } from './support/chats.ts';
import { addMembers, directChat, group, leave, markRead, send } from './support/operations.ts';

let chats: Chats;
let ada: Person;
let bob: Person;
let eve: Person;
const sockets: Subscriber[] = [];
beforeAll(async () => {
  chats = await startChats({ instances: 2 });
  [ada, bob, eve] = await chats.people('ada', 'bob', 'eve');
});
afterAll(async () => {
  await Promise.all(sockets.map((socket) => socket.close()));
  await chats.stop();
});

const QUERY = `subscription ($id: ID!, $after: String) {
  conversationEvents(conversationId: $id, after: $after) {
    __typename cursor ... on MessageSentEvent { message { content sender { username } } }
    ... on MessagesReadEvent { user { id } lastReadNumber }
  }
}`;

interface Told {
  readonly conversationEvents: {
    readonly __typename: string;
    readonly cursor: string;
    readonly message?: { readonly content: string };
  };
}

/** Subscribes as the gateway does: for a person, or for itself. */
function subscribe(
  person: Person | undefined,
  live: LiveRequest,
  variables: { readonly id: string; readonly after?: string },
  instance: Instance = chats.instance(),
) {
  const socket = createSubscriber({ url: `${instance.url.replace('http', 'ws')}/graphql` });
  sockets.push(socket);
  const identity = chats.signer.sign({
    audience: 'chats',
    operationType: 'subscription',
    body: subscriptionBody({ query: QUERY, variables, extensions: { live } }),
    ...(person ? { viewer: chats.viewer(person.id) } : { service: GATEWAY_SERVICE }),
  });
  return socket.subscribe<Told>(QUERY, variables, { live, identity });
}

type Listening = ReturnType<typeof subscribe>;

const cursorOf = async (person: Person, id: string) => {
  const query = 'query ($id: ID!) { conversation(id: $id) { eventCursor } }';
  return (await person.client.data<{ conversation: { eventCursor: string } }>(query, { id })).conversation.eventCursor;
};

/** Waits until the subgraph says that the viewer has caught up, and returns what it said. */
async function caughtUp(events: Listening): Promise<{ position: number; topic: string; cursor: string }> {
  const { extensions, errors } = await events.nextWhere(({ data }) => !data);
  if (errors) throw new Error(JSON.stringify(errors));
  return (extensions as { live: { position: number; topic: string; cursor: string } }).live;
}

const attach = (person: Person, id: string, after?: string, instance?: Instance) =>
  subscribe(person, { mode: 'attach' }, { id, ...(after === undefined ? {} : { after }) }, instance);

const contents = (events: Listening) =>
  events.events.flatMap(({ data }) => data?.conversationEvents?.message?.content ?? []);

describe('a member who attaches to a conversation', () => {
  it('is told what they missed, and then the topic has the rest, marks of what was read included', async () => {
    const id = await group(ada, bob);
    const after = await cursorOf(bob, id);
    for (const text of ['one', 'two']) await send(ada.client, id, text);
    const own = attach(bob, id, after);
    const { topic, position, cursor } = await caughtUp(own);
    expect(contents(own)).toEqual(['one', 'two']);
    expect(cursor).toBe(await cursorOf(bob, id));

    const shared = subscribe(undefined, { mode: 'topic', topic, after: position - 1 }, { id }, chats.instance(1));
    const first = await shared.next();
    expect(first).toMatchObject({ data: { conversationEvents: { cursor } }, extensions: { live: { position } } });
    const { number } = await send(bob.client, id, 'three');
    expect((await shared.next()).extensions).toEqual({ live: { position: position + 1 } });
    await markRead(ada.client, id, number);
    expect(await shared.next()).toMatchObject({
      data: { conversationEvents: { __typename: 'MessagesReadEvent', user: { id: ada.id }, lastReadNumber: number } },
      extensions: { live: { position: position + 1 } },
    });
    expect(own.events, 'nothing comes twice').toHaveLength(3);
  });

  it('sees nothing from before they joined', async () => {
    const id = await group(ada, bob);
    const early = await cursorOf(ada, id);
    await send(ada.client, id, 'not for eve');
    await addMembers(ada.client, id, eve);
    const own = attach(eve, id, early);
    await caughtUp(own);
    expect(contents(own)).toEqual([]);
  });

  it('is put out within a second of leaving, on whatever instance', async () => {
    const id = await group(ada, bob);
    const own = attach(bob, id, undefined, chats.instance(1));
    await caughtUp(own);
    await leave(bob.client, id);
    const left = performance.now();
    expect((await own.next()).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    expect(performance.now() - left).toBeLessThan(1_000);
    await own.done;
  });

  it('is put out of a chat between two within a second of a block, and the other too', async () => {
    const [dan, fay] = await chats.people('dan', 'fay');
    const id = await directChat(dan, fay);
    const both = [attach(dan, id), attach(fay, id, undefined, chats.instance(1))];
    for (const own of both) await caughtUp(own);
    await chats.block(dan, fay);
    const blocked = performance.now();
    for (const own of both) expect((await own.next()).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    expect(performance.now() - blocked).toBeLessThan(1_000);
  });

  it('is refused when they are none', async () => {
    const id = await directChat(ada, bob);
    expect((await attach(eve, id).next()).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });
});

describe('the topic of a conversation', () => {
  it('is not to be had by members, and not under another conversation’s name', async () => {
    const [id, other] = [await group(ada, bob), await group(ada, eve)];
    const { topic } = await caughtUp(attach(bob, id));
    const listening = { mode: 'topic', topic, after: 0 } as const;
    await expect(subscribe(bob, listening, { id }).next()).rejects.toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
    const foreign = await subscribe(undefined, listening, { id: other }).next();
    expect(foreign.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    const none = await subscribe(
      undefined,
      { ...listening, topic: `conversation:${'f'.repeat(24)}` },
      { id: 'f'.repeat(24) },
    );
    expect((await none.next()).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });
});
