import { describe, expect, it } from 'vitest';
import { checkSchema, countProblems } from '../src/check/check-schema.ts';
import type { SchemaWorkspace } from '../src/check/schema-workspace.ts';
import { asReleased, mainBranch, withOperation, withoutSubgraph, withSdl, withSubgraph } from './support/branches.ts';

const UNREAD = `"How many messages you haven't read, over all conversations."\n  unreadMessageCount: Int`;
const AVAILABILITY = `usernameAvailability(\n    "The name that is wanted."\n    username: String!`;

/** What a branch comes to: the changes in short, what is wrong with operations, and how many problems there are. */
async function check(branch: SchemaWorkspace) {
  const report = await checkSchema(branch);
  return {
    report,
    problems: countProblems(report),
    changes: report.changes.map(({ severity, type, path, usedBy }) => ({ severity, type, path, usedBy })),
    refused: report.operations
      .filter(({ problems }) => problems.length > 0)
      .map(({ name, problems }) => [name, problems]),
  };
}

describe('the schema check', () => {
  it('passes what is released as it is', async () => {
    const { report, problems, changes, refused } = await check(mainBranch);
    expect({ problems, changes, refused }).toEqual({ problems: 0, changes: [], refused: [] });
    expect(report.compositionErrors).toEqual([]);
    expect(report.operations).toHaveLength([...mainBranch.operations.keys()].filter((it) => !it.includes('/')).length);
  });

  it('passes additions, and says which of them may surprise somebody', async () => {
    const added = withSdl(
      withSdl(mainBranch, 'chats', UNREAD, `${UNREAD}\n  "How many chats there are."\n  chatCount: Int`),
      'auth',
      AVAILABILITY,
      `${AVAILABILITY}\n    "Also look for names like it."\n    suggest: Boolean`,
    );
    const { problems, changes } = await check(added);
    expect(problems).toBe(0);
    expect(changes).toEqual([
      { severity: 'safe', type: 'FIELD_ADDED', path: 'Query.chatCount', usedBy: [] },
      {
        severity: 'dangerous',
        type: 'FIELD_ARGUMENT_ADDED',
        path: 'Query.usernameAvailability.suggest',
        usedBy: ['UsernameAvailability'],
      },
    ]);
  });

  it('fails on a field that is removed, and on the operations that ask for it', async () => {
    const { problems, changes, refused } = await check(withSdl(mainBranch, 'chats', UNREAD, ''));
    expect(changes).toEqual([
      { severity: 'breaking', type: 'FIELD_REMOVED', path: 'Query.unreadMessageCount', usedBy: ['Me', 'Overview'] },
    ]);
    const reason = 'Cannot query field "unreadMessageCount" on type "Query".';
    expect(refused).toEqual([
      ['Me', [reason]],
      ['Overview', [reason]],
    ]);
    expect(problems).toBe(3);
  });

  it('fails on a removed field that no operation asks for: not every client is known', async () => {
    const answered = '"When it was answered; null while it waits."\n  respondedAt: DateTime';
    const { problems, changes, refused } = await check(withSdl(mainBranch, 'profiles', answered, ''));
    expect(changes).toEqual([
      { severity: 'breaking', type: 'FIELD_REMOVED', path: 'FriendRequest.respondedAt', usedBy: [] },
    ]);
    expect({ problems, refused }).toEqual({ problems: 1, refused: [] });
  });

  it.each([
    ['another type', 'unreadMessageCount: Int', 'unreadMessageCount: String', 'breaking'],
    ['a type that may be null no longer', 'unreadMessageCount: Int', 'unreadMessageCount: Int!', 'safe'],
    ['a list', 'unreadMessageCount: Int', 'unreadMessageCount: [Int!]', 'breaking'],
  ])('judges a field that gets %s', async (_what, from, to, severity) => {
    const { problems, changes } = await check(withSdl(mainBranch, 'chats', from, to));
    expect(changes).toEqual([
      { severity, type: 'FIELD_TYPE_CHANGED', path: 'Query.unreadMessageCount', usedBy: ['Me', 'Overview'] },
    ]);
    expect(problems).toBe(severity === 'breaking' ? 1 : 0);
  });

  it('fails on a new required argument, and on the operations that do not give it', async () => {
    const { problems, changes, refused } = await check(
      withSdl(mainBranch, 'auth', AVAILABILITY, `${AVAILABILITY}\n    "Who wants it."\n    email: String!`),
    );
    expect(changes).toEqual([
      {
        severity: 'breaking',
        type: 'FIELD_ARGUMENT_ADDED',
        path: 'Query.usernameAvailability.email',
        usedBy: ['UsernameAvailability'],
      },
    ]);
    expect(refused).toEqual([
      ['UsernameAvailability', [expect.stringContaining('argument "email" of type "String!" is')]],
    ]);
    expect(problems).toBe(2);
  });

  it('fails on an input field that becomes required', async () => {
    const { problems, changes } = await check(
      withSdl(
        mainBranch,
        'profiles',
        '"A few words, at most 200 characters."\n  message: String',
        '"A few words."\n  message: String!',
      ),
    );
    expect(changes).toContainEqual({
      severity: 'breaking',
      type: 'INPUT_FIELD_TYPE_CHANGED',
      path: 'SendFriendRequestInput.message',
      usedBy: ['SendFriendRequest'],
    });
    expect(problems).toBe(1);
  });

  it('says what does not compose, and knows nothing else then', async () => {
    const { report, problems } = await check(withSdl(mainBranch, 'chats', 'unreadMessageCount: Int', 'me: Int'));
    expect(report.compositionErrors.join('\n')).toContain('Query.me');
    expect(report).toMatchObject({ changes: [], operations: [] });
    expect(problems).toBe(report.compositionErrors.length);
  });

  it('names the subgraph whose SDL is not GraphQL', async () => {
    const { report } = await check(withSdl(mainBranch, 'auth', 'type LogOutPayload {', 'type LogOutPayload {{'));
    expect(report.compositionErrors).toEqual(['[auth] Syntax Error: Expected Name, found "{".']);
  });

  it('fails when what was released was edited by hand', async () => {
    const release = mainBranch.release && {
      ...mainBranch.release,
      api: mainBranch.release.api.replace('type LogOutPayload', 'type LoggedOut'),
    };
    const { report } = await check({ ...mainBranch, release });
    expect(report).toMatchObject({ isReleaseTampered: true, changes: [] });
    expect(countProblems(report)).toBe(1);
  });
});

describe('operations', () => {
  const withText = (text: string) => check(withOperation(mainBranch, 'Test.graphql', text));

  it.each([
    ['an unknown field', 'query Test { me { shoeSize } }', ['Cannot query field "shoeSize" on type "User".']],
    ['an unknown fragment', 'query Test { me { ...Card } }', ['Unknown fragment "Card".']],
    [
      'a page larger than the services give',
      'query Test { blockedUsers(first: 100) { nodes { id } } }',
      ['asks for a page of 100; at most 50 are given'],
    ],
    [
      'more than its budget',
      `query Test { conversations(first: 50) { nodes { messages(last: 50) { nodes { id } } } } }`,
      ['costs 2601, its budget is 1000'],
    ],
    [
      'a budget of its own without a reason',
      `# budget: 3_000\nquery Test { conversations(first: 50) { nodes { messages(last: 50) { nodes { id } } } } }`,
      ['a budget of its own needs a reason: "# budget: 1500, because …"'],
    ],
    [
      'what the gateway refuses',
      `query Test { ${Array.from({ length: 21 }, (_, index) => `a${index}: unreadMessageCount`).join(' ')} }`,
      ['the gateway refuses it: rootFields 21, at most 20 are allowed'],
    ],
  ])('may not ask for %s', async (_what, text, problems) => {
    expect((await withText(text)).refused).toEqual([['Test', problems]]);
  });

  it('may have a budget of their own for a reason', async () => {
    const { report, problems } = await withText(
      `# budget: 3_000, an archive that a person asks for once\nquery Test { conversations(first: 50) { nodes { messages(last: 50) { nodes { id } } } } }`,
    );
    expect(problems).toBe(0);
    expect(report.operations.find(({ name }) => name === 'Test')).toMatchObject({ cost: 2601, budget: 3000 });
  });

  it('may not nest deeper than the gateway allows', async () => {
    const nest = (depth: number): string => (depth === 0 ? 'id' : `friends(first: 1) { nodes { ${nest(depth - 1)} } }`);
    const { refused } = await withText(`query Test { me { ${nest(7)} } }`);
    expect(refused).toEqual([['Test', ['the gateway refuses it: depth 16, at most 15 are allowed']]]);
  });

  it('are told of the deprecated fields they use, which is no problem yet', async () => {
    const { report, problems } = await check(
      withSdl(
        mainBranch,
        'chats',
        'unreadMessageCount: Int',
        'unreadMessageCount: Int @deprecated(reason: "Use chatCount.")',
      ),
    );
    expect(problems).toBe(0);
    expect(report.operations.flatMap(({ name, deprecations }) => deprecations.map((text) => [name, text]))).toEqual([
      ['Me', 'The field Query.unreadMessageCount is deprecated. Use chatCount.'],
      ['Overview', 'The field Query.unreadMessageCount is deprecated. Use chatCount.'],
    ]);
  });

  it.each([
    ['two operations in a file', 'Test.graphql', 'query Test { me { id } } query Other { me { id } }'],
    ['a fragment among the operations', 'Test.graphql', 'fragment Test on User { id }'],
    ['a name unlike its file’s', 'Test.graphql', 'query Tset { me { id } }'],
    ['a fragment that nothing spreads', 'fragments/Test.graphql', 'fragment Test on User { id }'],
    ['no GraphQL', 'Test.graphql', 'query Test {'],
  ])('may not be %s', async (_what, file, text) => {
    const { report, problems } = await check(withOperation(mainBranch, file, text));
    expect(report.operationMistakes).toHaveLength(problems);
    expect(problems).toBeGreaterThan(0);
    expect(report.operationMistakes.join('\n')).toContain('Test');
  });
});

describe('accepted changes', () => {
  const entry = {
    type: 'FIELD_REMOVED',
    path: 'Query.unreadMessageCount',
    reason: 'Nobody used it: the list of chats has the count of each.',
    date: '2026-11-25',
  };
  const removed = ['Me.graphql', 'Overview.graphql'].reduce(
    (branch, file) =>
      withOperation(branch, file, (branch.operations.get(file) ?? '').replace('  unreadMessageCount\n', '')),
    withSdl(mainBranch, 'chats', UNREAD, ''),
  );

  it('let a breaking change pass with its reason', async () => {
    const { report, problems } = await check({ ...removed, acceptedChanges: JSON.stringify([entry]) });
    expect(problems).toBe(0);
    expect(report.changes).toEqual([expect.objectContaining({ path: 'Query.unreadMessageCount', accepted: entry })]);
  });

  it('let no other change pass', async () => {
    const { report, problems } = await check({
      ...removed,
      acceptedChanges: JSON.stringify([{ ...entry, path: 'Query.me' }]),
    });
    expect(report.staleAccepted).toEqual([{ ...entry, path: 'Query.me' }]);
    expect(problems).toBe(2);
  });

  it('fail when the change does not happen any more', async () => {
    const { report, problems } = await check({ ...mainBranch, acceptedChanges: JSON.stringify([entry]) });
    expect(report.staleAccepted).toEqual([entry]);
    expect(problems).toBe(1);
  });

  it('fail without a reason, and accept nothing then', async () => {
    const { report, problems } = await check({
      ...removed,
      acceptedChanges: JSON.stringify([{ ...entry, reason: 'ok' }]),
    });
    expect(report.acceptedMistakes).toEqual(['entry 1: "reason" needs a sentence (20 characters)']);
    expect(problems).toBe(2);
  });
});

describe('what running gateways rely on', () => {
  const directives = '["@key", "@external", "@provides", "@shareable"]';
  const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ${directives})`;
  const shop = `${link}
    type Query { goods: [Good!] }
    type Good @key(fields: "id") { id: ID! name: String }`;
  const withShop = asReleased(withSubgraph(mainBranch, 'shop', shop));

  it('is a subgraph that is still there', async () => {
    const { changes } = await check(withoutSubgraph(withShop, 'shop'));
    expect(changes.map(({ severity, type, path }) => [severity, type, path])).toEqual([
      ['breaking', 'TYPE_REMOVED', 'Good'],
      ['breaking', 'FIELD_REMOVED', 'Query.goods'],
      ['breaking', 'SUBGRAPH_REMOVED', 'shop'],
    ]);
  });

  it('is a key by which an entity can be asked for', async () => {
    const { problems, changes } = await check(withSdl(withShop, 'shop', ' @key(fields: "id")', ''));
    expect(changes).toEqual([{ severity: 'breaking', type: 'ENTITY_KEY_REMOVED', path: 'shop.Good(id)', usedBy: [] }]);
    expect(problems).toBe(1);
  });

  it('is a key that is resolved', async () => {
    const { changes } = await check(withSdl(withShop, 'shop', '"id")', '"id", resolvable: false)'));
    expect(changes.map(({ type, path }) => [type, path])).toEqual([['ENTITY_KEY_REMOVED', 'shop.Good(id)']]);
  });

  it('is a field that the same subgraph answers: moving it is dangerous', async () => {
    const stock = `${link} type Good @key(fields: "id") { id: ID! name: String }`;
    const moved = withSubgraph(withSdl(withShop, 'shop', ' name: String', ''), 'stock', stock);
    const { problems, changes } = await check(moved);
    expect(changes).toEqual([
      { severity: 'dangerous', type: 'FIELD_LEFT_SUBGRAPH', path: 'shop.Good.name', usedBy: [] },
    ]);
    expect(problems).toBe(0);
  });

  it('is not what a subgraph only shows in passing', async () => {
    const showing = `${link}
      type Query { goods: [Good!] @provides(fields: "name") }
      type Good @key(fields: "id") { id: ID! name: String @external }`;
    const owner = `${link} type Good @key(fields: "id") { id: ID! name: String @shareable }`;
    const before = asReleased(withSubgraph(withSubgraph(mainBranch, 'shop', showing), 'stock', owner));
    const lessShown = withSdl(
      withSdl(before, 'shop', ' @provides(fields: "name")', ''),
      'shop',
      ' name: String @external',
      '',
    );
    expect((await check(lessShown)).changes).toEqual([]);
  });
});
