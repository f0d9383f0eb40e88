import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readClientOperations } from '../src/check/operation-documents.ts';
import { createCallPlanner } from '../src/check/operation-plans.ts';
import { readSchemaWorkspace } from '../src/check/schema-workspace.ts';
import { compose, SUPERGRAPH_PATH } from '../src/index.ts';
import { workspaceRoot } from '../src/subgraphs.ts';

const callsOf = createCallPlanner(compose().get(SUPERGRAPH_PATH) ?? '');
const plan = (operation: string) => callsOf(parse(operation));

describe('plans over the graph', () => {
  const PERSON = 'id username displayName avatarUrl';

  it('answer who is in a chat, and who said what, by chats alone', () => {
    const operation = `{ conversations { nodes {
      members { nodes { role user { ${PERSON} } } }
      messages(last: 20) { nodes { content sender { ${PERSON} } } }
    } } }`;
    expect(plan(operation)).toEqual(['chats']);
  });

  it('answer lists of people by profiles alone', () => {
    const operation = `{
      searchUsers(query: "ann") { nodes { ${PERSON} profile { tagline } } }
      friendRequests { nodes { sender { ${PERSON} } message } }
      blockedUsers { nodes { ${PERSON} } }
    }`;
    expect(plan(operation)).toEqual(['profiles']);
  });

  it('carry a live message on to its sender’s profile in one step', () => {
    const operation = `subscription { conversationEvents(conversationId: "1") {
      ... on MessageSentEvent { message { content sender { ${PERSON} profile { tagline } } } }
    } }`;
    expect(plan(operation)).toEqual(['chats', 'profiles']);
  });

  it('ask each service once for an overview over all three', () => {
    const operation = '{ me { username email displayName profile { bio } } unreadMessageCount }';
    expect(plan(operation).sort()).toEqual(['auth', 'chats', 'profiles']);
  });

  it('answer lists of posts by posts, and their files by media in one call for the page', () => {
    const POST = `content author { ${PERSON} } mentions { name user { ${PERSON} } } media { url altText }
      comments { nodes { content author { ${PERSON} } replies { nodes { author { ${PERSON} } } } } }
      reactions { nodes { user { ${PERSON} } } }`;
    expect(plan(`{ homeFeed { nodes { ${POST} } } }`)).toEqual(['posts', 'media']);
  });

  it('answer a line of notifications by notifications alone', () => {
    expect(plan(`{ notifications { nodes { text actors { ${PERSON} } } } }`)).toEqual(['notifications']);
  });

  it('ask each of the six services once for the first screen of the app', () => {
    const { operations } = readClientOperations(readSchemaWorkspace(workspaceRoot).operations);
    const [overview] = operations.filter(({ name }) => name === 'Overview').map(({ document }) => callsOf(document));
    expect(overview?.sort()).toEqual(['auth', 'chats', 'media', 'notifications', 'posts', 'profiles']);
  });
});
