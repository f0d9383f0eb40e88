import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import * as documents from '@postbook/documents';
import { buildSchema, Kind, type OperationDefinitionNode, parse, print, validate } from 'graphql';
import { describe, expect, expectTypeOf, it } from 'vitest';

const schemaFolder = join(import.meta.dirname, '..', '..', '..', 'schema');
const api = buildSchema(readFileSync(join(schemaFolder, 'api.graphql'), 'utf8'));
const names = globSync('*.graphql', { cwd: join(schemaFolder, 'operations') }).map((file) =>
  basename(file, '.graphql'),
);

/** The generated document of an operation. */
const documentOf = (name: string) =>
  (documents as unknown as Readonly<Record<string, TypedDocumentNode<unknown, never>>>)[`${name}Document`];

describe('typed documents', () => {
  it.each(names)('has %s as it is written in schema/operations, complete and valid', (name) => {
    const document = documentOf(name);
    const [operation] = document?.definitions ?? [];
    const written = parse(readFileSync(join(schemaFolder, 'operations', `${name}.graphql`), 'utf8'));
    expect(operation?.kind).toBe(Kind.OPERATION_DEFINITION);
    expect(print(operation as OperationDefinitionNode)).toBe(print(written));
    expect(document && validate(api, document)).toEqual([]);
  });

  it('know their variables and results', () => {
    expectTypeOf(documents.FriendsDocument).toEqualTypeOf<
      TypedDocumentNode<documents.FriendsQuery, documents.FriendsQueryVariables>
    >();
    expectTypeOf<documents.FriendsQueryVariables['username']>().toEqualTypeOf<string>();
    type Friend = NonNullable<NonNullable<documents.FriendsQuery['userByUsername']>['friends']>['nodes'][number];
    expectTypeOf<Friend>().toEqualTypeOf<documents.PersonCardFragment>();
    expectTypeOf<documents.PersonCardFragment['displayName']>().toEqualTypeOf<string | null>();
  });

  it('have ids and moments as text, and enums as constants and as unions', () => {
    expectTypeOf<documents.MessagePartsFragment['id']>().toEqualTypeOf<string>();
    expectTypeOf<documents.MessagePartsFragment['createdAt']>().toEqualTypeOf<string>();
    expectTypeOf<'PUBLIC'>().toExtend<documents.ProfileVisibility>();
    expectTypeOf<'SECRET'>().not.toExtend<documents.ProfileVisibility>();
    expect(documents.ProfileVisibility.Public).toBe('PUBLIC');
  });

  it('tell apart what a subscription brings by its type name', () => {
    type Event = documents.ConversationEventsSubscription['conversationEvents'];
    type Sent = Extract<Event, { __typename: 'MessageSentEvent' }>;
    expectTypeOf<Sent['message']>().toEqualTypeOf<documents.MessagePartsFragment>();
    expect(documents.possibleTypes.ConversationEvent).toContain('MessageSentEvent');
  });

  it('tell apart what a notification is about, for the cache and for the compiler', () => {
    type Subject = NonNullable<documents.NotificationPartsFragment['subject']>;
    expectTypeOf<Subject['__typename']>().toEqualTypeOf<'Post' | 'Comment' | 'Message' | 'FriendRequest' | 'User'>();
    // Text that can be null has a name of its own: a selection over a union has one type for each name.
    expectTypeOf<Extract<Subject, { __typename: 'Post' }>['content']>().toEqualTypeOf<string>();
    expectTypeOf<Extract<Subject, { __typename: 'Comment' }>['commentContent']>().toEqualTypeOf<string | null>();
    expect(documents.possibleTypes.NotificationSubject?.toSorted()).toEqual([
      'Comment',
      'FriendRequest',
      'Message',
      'Post',
      'User',
    ]);
  });

  it('let what may be gone be null: a file, its facts, an author', () => {
    expectTypeOf<documents.PostPartsFragment['media']>().toEqualTypeOf<
      ReadonlyArray<documents.MediaPartsFragment | null>
    >();
    expectTypeOf<documents.MediaPartsFragment['id']>().toEqualTypeOf<string>();
    expectTypeOf<documents.MediaPartsFragment['kind']>().toEqualTypeOf<documents.MediaKind | null>();
    expectTypeOf<documents.CommentPartsFragment['author']>().toEqualTypeOf<documents.PersonCardFragment | null>();
  });
});
