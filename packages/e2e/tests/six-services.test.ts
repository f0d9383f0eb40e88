import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCallPlanner, SUPERGRAPH_PATH, workspaceRoot } from '@postbook/schema';
import { eventually, type MailServer, startMailServer, type TestSubscription } from '@postbook/testkit';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { befriend, newPerson, openChat, type Person } from './support/people.ts';
import { uploadPicture } from './support/pictures.ts';
import { comment, publish, react } from './support/posts.ts';
import { newDataDir, type RunningGraph, removeData, startGraph } from './support/running-graph.ts';
import { callsDuring } from './support/service-calls.ts';

interface Heard {
  readonly notificationReceived: {
    readonly kind: string;
    readonly unreadCount: number;
    readonly notification: {
      readonly type: string;
      readonly text: string;
      readonly actors: { readonly displayName: string }[];
      readonly subject: { readonly content?: string } | null;
    } | null;
  };
}

const NOTIFICATIONS = `subscription { notificationReceived {
  kind unreadCount notification { type text actors { displayName } subject { ... on Post { content } } }
} }`;

const EVERYTHING = `query Everything {
  me { username email profile { tagline } }
  homeFeed(first: 5) { nodes {
    content author { username displayName avatarUrl profile { bio } }
    media { url(variant: SMALL) altText }
    comments(first: 3) { nodes { content author { displayName } } }
  } }
  conversations(first: 3) { nodes { lastMessage { content sender { displayName } attachments { altText } } } }
  notifications(first: 5) { nodes { text actors { displayName } subject { ... on Post { content } } } }
  unreadNotificationCount
}`;

describe('a post that six services have a part in', () => {
  const dataDir = newDataDir();
  let mails: MailServer;
  let graph: RunningGraph;
  let ann: Person;
  let ben: Person;
  let cara: Person;
  let dan: Person;
  let hears: Record<string, TestSubscription<Heard>>;
  let postId: string;

  beforeAll(async () => {
    mails = await startMailServer();
    graph = await startGraph({ dataDir, environment: { SMTP_URL: mails.url } });
    [ann, ben, cara, dan] = [
      await newPerson(graph.url, mails, 'Ann'),
      await newPerson(graph.url, mails, 'Ben'),
      await newPerson(graph.url, mails, 'Cara'),
      await newPerson(graph.url, mails, 'Dan'),
    ];
    await befriend(ann, ben);
    await befriend(ann, cara);
    // Befriending is told too, and an answered request is taken back: what the tests are about begins after it.
    await eventually(async () => (await listOf(ann)).filter(({ type }) => type === 'FRIEND_ACCEPTED').length === 2);
    for (const person of [ben, cara]) await eventually(async () => (await listOf(person)).length === 0);
    hears = Object.fromEntries(
      [ann, ben, cara, dan].map((person) => [
        person.displayName,
        graph.subscriber(person.token).subscribe<Heard>(NOTIFICATIONS),
      ]),
    );
  });
  afterAll(async () => {
    await graph?.stop();
    await mails.stop();
    removeData(dataDir);
  });

  async function listOf(person: Person): Promise<{ type: string; text: string }[]> {
    const { notifications } = await person.client.data<{ notifications: { nodes: { type: string; text: string }[] } }>(
      '{ notifications(first: 50) { nodes { type text } } }',
    );
    return notifications.nodes;
  }

  const next = async (person: Person) => {
    const { data, errors } = (await hears[person.displayName]?.next()) ?? {};
    expect(errors).toBeUndefined();
    return data?.notificationReceived;
  };

  it('is published with an uploaded picture, and who is mentioned hears of it at once', async () => {
    const picture = await uploadPicture(ann, 'POST', 'lighthouse');
    const content = `Low water at seven, @${ben.username}! #tides`;
    postId = await publish(ann, { content, mediaIds: [picture] });
    expect(await next(ben)).toEqual({
      kind: 'NEW',
      unreadCount: expect.any(Number),
      notification: {
        type: 'MENTION',
        text: expect.stringContaining('Ann Example'),
        actors: [{ displayName: 'Ann Example' }],
        subject: { content },
      },
    });
  });

  it('is in the feed of friends with its picture, which can be fetched, and hidden from strangers', async () => {
    type Feed = { homeFeed: { nodes: { id: string; media: { url: string; altText: string }[] }[] } };
    const query = '{ homeFeed(first: 5) { nodes { id media { url(variant: SMALL) altText } } } }';
    const feedOf = async (person: Person) => (await person.client.data<Feed>(query)).homeFeed.nodes;
    for (const friend of [ben, cara]) {
      const [post] = await eventually(async () => {
        const nodes = await feedOf(friend);
        return nodes.length > 0 && nodes;
      });
      expect(post).toMatchObject({ id: postId, media: [{ altText: 'lighthouse' }] });
      const file = await fetch(post?.media[0]?.url ?? '');
      expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/webp']);
    }
    expect(await feedOf(dan)).toEqual([]);
    for (const outsider of [dan.client, dan.client.as(undefined)]) {
      expect(await outsider.data('query ($id: ID!) { post(id: $id) { id } }', { id: postId })).toEqual({ post: null });
    }
  });

  it('tells its author of a reaction and of a comment, each once and live, and nobody else', async () => {
    await react(ben, postId, 'LOVE');
    expect(await next(ann)).toMatchObject({
      kind: 'NEW',
      notification: { type: 'LIKE', actors: [{ displayName: 'Ben Example' }] },
    });
    await comment(cara, postId, 'Save me a scone.');
    expect(await next(ann)).toMatchObject({
      kind: 'NEW',
      notification: { type: 'COMMENT', actors: [{ displayName: 'Cara Example' }] },
    });
    await react(cara, postId, 'LIKE');
    expect(await next(ann)).toMatchObject({
      kind: 'UPDATED',
      notification: { type: 'LIKE', actors: [{ displayName: 'Cara Example' }, { displayName: 'Ben Example' }] },
    });
    const about = (list: { type: string }[]) =>
      list.map(({ type }) => type).filter((type) => !type.startsWith('FRIEND') && type !== 'FOLLOW');
    expect(about(await listOf(ann)).sort()).toEqual(['COMMENT', 'LIKE']);
    expect(about(await listOf(ben))).toEqual(['MENTION']);
    expect([about(await listOf(cara)), await listOf(dan)]).toEqual([[], []]);
    expect([hears[cara.displayName]?.events, hears[dan.displayName]?.events]).toEqual([[], []]);
  });

  it('takes back what was told when the post is deleted', async () => {
    const gone = await publish(ann, { content: `Never mind, @${cara.username}` });
    expect(await next(cara)).toMatchObject({ kind: 'NEW', notification: { type: 'MENTION' } });
    await ann.client.data('mutation ($input: DeletePostInput!) { deletePost(input: $input) { errors { code } } }', {
      input: { postId: gone },
    });
    expect(await next(cara)).toMatchObject({ kind: 'REMOVED', notification: null });
  });

  it('lets a picture hang on a message and on a person', async () => {
    const { id: conversationId } = await openChat(ann, ben);
    const [sent, face] = [await uploadPicture(ben, 'CHAT', 'map'), await uploadPicture(ben, 'PROFILE', 'ben')];
    const { sendMessage } = await ben.client.data<{ sendMessage: { message: { type: string }; errors: unknown[] } }>(
      `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
        message { type attachments { altText } } errors { code message path } } }`,
      { input: { conversationId, content: 'This way', mediaIds: [sent] } },
    );
    expect(sendMessage).toEqual({ message: { type: 'MEDIA', attachments: [{ altText: 'map' }] }, errors: [] });
    const { setAvatar } = await ben.client.data<{ setAvatar: { user: { avatarUrl: string }; errors: unknown[] } }>(
      'mutation ($input: PictureInput!) { setAvatar(input: $input) { user { avatarUrl } errors { code message } } }',
      { input: { mediaId: face } },
    );
    expect(setAvatar.errors).toEqual([]);
    expect((await fetch(setAvatar.user.avatarUrl)).status).toBe(200);
    // The copies of all others follow.
    await eventually(async () => {
      const { conversations } = await ann.client.data<{
        conversations: { nodes: { lastMessage: { sender: { avatarUrl: string | null } } }[] };
      }>('{ conversations(first: 1) { nodes { lastMessage { sender { avatarUrl } } } } }');
      return conversations.nodes[0]?.lastMessage.sender.avatarUrl === setAvatar.user.avatarUrl;
    });
  });

  it('is part of one question that all six answer, in as many calls as the plan has', async () => {
    const supergraph = readFileSync(join(workspaceRoot, SUPERGRAPH_PATH), 'utf8');
    const planned = createCallPlanner(supergraph)(parse(EVERYTHING));
    expect([...new Set(planned)].sort()).toEqual(['auth', 'chats', 'media', 'notifications', 'posts', 'profiles']);
    let answer: Record<string, unknown> = {};
    // Once before: what is looked up for the first time is asked of its owner and kept.
    await ann.client.data(EVERYTHING);
    const calls = await callsDuring(dataDir, async () => {
      answer = await ann.client.data(EVERYTHING);
    });
    const expected = Object.fromEntries(
      [...Map.groupBy(planned, (name) => name)].map(([name, fetches]) => [name, fetches.length]),
    );
    for (const [name, count] of Object.entries(calls))
      expect([name, count <= (expected[name] ?? 0)]).toEqual([name, true]);
    expect(Object.keys(calls).sort()).toEqual(Object.keys(expected).sort());
    expect(answer).toMatchObject({
      me: { username: ann.username },
      homeFeed: { nodes: [{ author: { displayName: 'Ann Example' }, media: [{ altText: 'lighthouse' }] }] },
      conversations: { nodes: [{ lastMessage: { content: 'This way', attachments: [{ altText: 'map' }] } }] },
    });
  });
});
