import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { isFetchSeenAlike } from './seen-alike.ts';

const supergraph = buildSchema(readFileSync(`${import.meta.dirname}/../../../schema/supergraph.graphql`, 'utf8'), {
  assumeValid: true,
  assumeValidSDL: true,
});

const events = (selection: string) => `subscription { conversationEvents(conversationId: "1") { ${selection} } }`;

test.each([
  ['the events of a conversation', events('__typename conversationId cursor'), true],
  ['what they are about', events('... on MemberJoinedEvent { user { id username displayName avatarUrl } }'), true],
  ['the text of a message', events('... on MessageSentEvent { message { id content attachments { id } } }'), true],
  [
    'what not everybody may see of a person',
    events('... on MemberJoinedEvent { user { relationship { isFriend } } }'),
    false,
  ],
  [
    'it in a fragment',
    `${events('...E')} fragment E on MessageSentEvent { message { sender { ...U } } } fragment U on User { role }`,
    false,
  ],
  ['comments, which not everybody may see', 'subscription { commentAdded(postId: "1") { cursor } }', false],
  ['one’s own notifications', 'subscription { notificationReceived { cursor } }', false],
  ['a file of one’s own', 'subscription { mediaStatusChanged(mediaId: "1") { id } }', false],
  ['what isn’t in the schema', events('nothing'), false],
])('%s', (_what, query, isAlike) => {
  expect(isFetchSeenAlike(supergraph, query)).toBe(isAlike);
});

test('a mark on a type counts only where one subgraph alone has the type', () => {
  const marked = (graphs: string) =>
    buildSchema(
      `enum join__Graph { A B } type Query { ok: Int }
       type Subscription { s: T @seenAlike } type T ${graphs} @seenAlike { n: Int }`,
      { assumeValid: true, assumeValidSDL: true },
    );
  expect(isFetchSeenAlike(marked('@join__type(graph: A)'), 'subscription { s { n } }')).toBe(true);
  expect(isFetchSeenAlike(marked('@join__type(graph: A) @join__type(graph: B)'), 'subscription { s { n } }')).toBe(
    false,
  );
});
