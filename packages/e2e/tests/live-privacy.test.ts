import { eventually, type MailServer, startMailServer, type TestSubscription } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { befriend, newPerson, type Person } from './support/people.ts';
import { comment, publish } from './support/posts.ts';
import { newDataDir, type RunningGraph, removeData, startGraph } from './support/running-graph.ts';

interface Added {
  readonly commentAdded: {
    readonly comment: { readonly author: { displayName: string; profile: { bio: string } | null } };
  };
}

const COMMENTS = `subscription ($postId: ID!) { commentAdded(postId: $postId) {
  comment { content author { displayName profile { bio } } }
} }`;

/** Everybody who listens, by what they are to the owner. */
const RELATIONS = ['self', 'friend', 'follower', 'stranger', 'anonymous'] as const;
const HIDDEN = ['blocked', 'blocker'] as const;
type Relation = (typeof RELATIONS)[number] | (typeof HIDDEN)[number];

describe('a person’s page, joined to live events', () => {
  const dataDir = newDataDir();
  let mails: MailServer;
  let graph: RunningGraph;
  let owner: Person;
  let postId: string;
  const viewers = new Map<Relation, Person | undefined>();
  const streams = new Map<Relation, TestSubscription<Added>>();

  beforeAll(async () => {
    mails = await startMailServer();
    graph = await startGraph({ dataDir, environment: { SMTP_URL: mails.url } });
    owner = await newPerson(graph.url, mails, 'Olga');
    viewers.set('self', owner).set('anonymous', undefined);
    for (const relation of ['friend', 'follower', 'stranger', 'blocked', 'blocker'] as const) {
      viewers.set(relation, await newPerson(graph.url, mails, `${relation[0]?.toUpperCase()}${relation.slice(1)}`));
    }
    const of = (relation: Relation) => viewers.get(relation) as Person;
    await befriend(owner, of('friend'));
    const change = (who: Person, what: string, whom: Person) =>
      who.client.data(`mutation ($input: PersonInput!) { ${what}(input: $input) { errors { code } } }`, {
        input: { userId: whom.userId },
      });
    await change(of('follower'), 'follow', owner);
    await change(owner, 'block', of('blocked'));
    await change(of('blocker'), 'block', owner);
    await owner.client.data(
      'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { errors { code } } }',
      {
        input: { bio: 'Keeps quokkas' },
      },
    );
    postId = await publish(owner, { content: 'To everybody', visibility: 'PUBLIC' });
    for (const [relation, person] of viewers) {
      streams.set(relation, graph.subscriber(person?.token).subscribe<Added>(COMMENTS, { postId }));
    }
  });
  afterAll(async () => {
    await graph?.stop();
    await mails.stop();
    removeData(dataDir);
  });

  it.each([
    ['PUBLIC', RELATIONS],
    ['FRIENDS', ['self', 'friend']],
    ['PRIVATE', ['self']],
  ] as const)('that is %s is seen by those alone who may see it', async (profileVisibility, seeing) => {
    await owner.client.data(
      'mutation ($input: UpdatePrivacySettingsInput!) { updatePrivacySettings(input: $input) { errors { code } } }',
      { input: { profileVisibility } },
    );
    await comment(owner, postId, `As ${profileVisibility}`);
    for (const relation of RELATIONS) {
      const { data, errors } = (await streams.get(relation)?.next()) ?? {};
      const isSeeing = (seeing as readonly string[]).includes(relation);
      expect([relation, errors, data?.commentAdded.comment]).toEqual([
        relation,
        undefined,
        {
          content: `As ${profileVisibility}`,
          author: { displayName: 'Olga Example', profile: isSeeing ? { bio: 'Keeps quokkas' } : null },
        },
      ]);
    }
  });

  it.each(HIDDEN)('is not even near for a %s, whose subscription is refused', async (relation) => {
    const stream = streams.get(relation);
    const [refusal] = await eventually(() => stream && stream.events.length > 0 && stream.events);
    expect(refusal?.errors?.[0]?.extensions?.code).toMatch(/^(NOT_FOUND|FORBIDDEN)$/);
    expect(stream?.events).toHaveLength(1);
  });
});
