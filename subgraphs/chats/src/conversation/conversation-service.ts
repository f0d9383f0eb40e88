import {
  done,
  idempotencyConflict,
  isDuplicateKey,
  type MongoTransaction,
  type Outcome,
  refused,
  requestFingerprint,
  type Transactor,
  type UserErrorValue,
  userError,
} from '@postbook/service-kit';
import type { Contact, Contacts } from '../people/contacts.ts';
import type { ConversationView } from './conversation.ts';
import type { ConversationAccess } from './conversation-access.ts';
import type { ConversationFounder } from './conversation-founder.ts';
import { type ConversationRepository, newConversationId } from './conversation-repository.ts';
import type { DirectConversationRepository } from './direct-conversation-repository.ts';
import { type CreateGroupInput, checkGroup, type GroupDraft, parseUserId } from './group-input.ts';

/** What {@link createConversationService} needs. */
export interface ConversationServiceOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly access: ConversationAccess;
  readonly contacts: Contacts;
  readonly conversations: ConversationRepository;
  readonly pairs: DirectConversationRepository;
  readonly found: ConversationFounder;
  /** When a conversation is made. */
  now(): Date;
}

/** Why a person can't be reached; undefined when they can. The same for "blocked you" and "takes no messages". */
export function contactError(contact: Contact | undefined, ...field: (string | number)[]): UserErrorValue | undefined {
  if (contact === 'Allowed') return undefined;
  return contact === 'Refused'
    ? userError('NOT_ALLOWED', 'This person doesn’t take messages from you.', ...field)
    : userError('NOT_FOUND', 'There is no such person.', ...field);
}

/** Opens and makes conversations. */
export function createConversationService(options: ConversationServiceOptions) {
  const { transactor, access, contacts, conversations, pairs, found, now } = options;

  async function openedView(viewerId: string, id: string): Promise<Outcome<ConversationView>> {
    const view = await access.view(viewerId, id);
    if (!view) throw new Error(`conversation ${id} has no member ${viewerId}`);
    return done(view);
  }

  /** The pair's conversation: the one there is, or a new one. Of two who open it at once, one finds the other's. */
  async function openPair(viewerId: string, other: string): Promise<string> {
    try {
      return await transactor.run(async (tx) => {
        const existing = await pairs.find(viewerId, other, tx);
        if (existing) return existing;
        const id = newConversationId();
        const createdAt = now();
        await pairs.insert(tx, viewerId, other, id, createdAt);
        const memberIds = [viewerId, other];
        await found(tx, { id, kind: 'Direct', createdById: viewerId, memberIds, createdAt });
        return id;
      });
    } catch (error) {
      const existing = isDuplicateKey(error) ? await pairs.find(viewerId, other) : undefined;
      if (existing) return existing;
      throw error;
    }
  }

  /** The group that the request has made already. @throws IdempotencyConflictError when it was another request. */
  async function earlierGroup(viewerId: string, clientMutationId: string, requestHash: string) {
    const earlier = await conversations.byRequest(viewerId, clientMutationId);
    if (earlier && earlier.requestHash !== requestHash) throw idempotencyConflict('clientMutationId');
    return earlier?.id;
  }

  async function makeGroup(
    viewerId: string,
    draft: GroupDraft,
    request: { clientMutationId: string; requestHash: string } | undefined,
  ) {
    const id = newConversationId();
    const memberIds = [viewerId, ...draft.memberIds];
    const { name, description } = draft;
    const group = { id, kind: 'Group', name, description, createdById: viewerId, memberIds, request } as const;
    try {
      await transactor.run((tx) => found(tx, { ...group, createdAt: now() }));
      return id;
    } catch (error) {
      const earlier =
        request && isDuplicateKey(error)
          ? await earlierGroup(viewerId, request.clientMutationId, request.requestHash)
          : undefined;
      if (earlier) return earlier;
      throw error;
    }
  }

  return {
    /** Opens the chat with a person. @throws UnavailableError while people or relations can't be looked up. */
    async openDirect(viewerId: string, userId: string): Promise<Outcome<ConversationView>> {
      const other = parseUserId(userId);
      if (other === viewerId) return refused(userError('SELF', 'You can’t chat with yourself.', 'userId'));
      if (!other) return refused(userError('NOT_FOUND', 'There is no such person.', 'userId'));
      const error = contactError((await contacts.toReach(viewerId, [other])).get(other), 'userId');
      if (error) return refused(error);
      return openedView(viewerId, await openPair(viewerId, other));
    },

    /** Makes a group with the viewer as its owner. @throws IdempotencyConflictError, UnavailableError */
    async createGroup(viewerId: string, input: CreateGroupInput): Promise<Outcome<ConversationView>> {
      const { draft, errors } = checkGroup(viewerId, input);
      if (errors.length > 0) return refused(...errors);
      const { clientMutationId } = input;
      const requestHash = requestFingerprint('createGroup', draft.name, draft.description, [...draft.memberIds].sort());
      if (clientMutationId != null) {
        const earlier = await earlierGroup(viewerId, clientMutationId, requestHash);
        if (earlier) return openedView(viewerId, earlier);
      }
      const reach = await contacts.toReach(viewerId, draft.memberIds);
      const unreachable = input.memberIds.flatMap((id, index) => {
        const userId = parseUserId(id);
        if (userId === undefined || userId === viewerId) return [];
        return contactError(reach.get(userId), 'memberIds', index) ?? [];
      });
      if (unreachable.length > 0) return refused(...unreachable);
      const request = clientMutationId == null ? undefined : { clientMutationId, requestHash };
      return openedView(viewerId, await makeGroup(viewerId, draft, request));
    },
  };
}

/** What {@link createConversationService} returns. */
export type ConversationService = ReturnType<typeof createConversationService>;
