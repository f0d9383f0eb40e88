import { hasNullCharacter, lengthOf, type UserErrorValue, userError, wellFormed } from '@postbook/service-kit';
import { z } from 'zod';
import { checkClientId } from '../message/message-input.ts';

/** People who can be named in one request. */
export const MAX_PEOPLE_AT_ONCE = 50;
const MAX_NAME_CHARACTERS = 100;
const MAX_DESCRIPTION_CHARACTERS = 500;

const uuid = z.uuid();

/** A user id as it is stored, or undefined for a text that is no id of anybody. */
export const parseUserId = (id: string): string | undefined =>
  uuid.safeParse(id).success ? id.toLowerCase() : undefined;

/** A new group, as it came. */
export interface CreateGroupInput {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly memberIds: readonly string[];
  readonly clientMutationId?: string | null | undefined;
}

/** A new group, checked. */
export interface GroupDraft {
  readonly name: string;
  readonly description: string | undefined;
  /** Each once, without the creator. */
  readonly memberIds: readonly string[];
}

function checkName(name: string): UserErrorValue | undefined {
  if (name === '') return userError('REQUIRED', 'Give the group a name.', 'name');
  if (hasNullCharacter(name)) return userError('INVALID_FORMAT', 'The name has a null character.', 'name');
  return lengthOf(name) > MAX_NAME_CHARACTERS
    ? userError('TOO_LONG', `At most ${MAX_NAME_CHARACTERS} characters.`, 'name')
    : undefined;
}

function checkDescription(description: string): UserErrorValue | undefined {
  if (hasNullCharacter(description)) {
    return userError('INVALID_FORMAT', 'The description has a null character.', 'description');
  }
  return lengthOf(description) > MAX_DESCRIPTION_CHARACTERS
    ? userError('TOO_LONG', `At most ${MAX_DESCRIPTION_CHARACTERS} characters.`, 'description')
    : undefined;
}

/** People named in a field: how many there are, and whether each can be one. */
export function checkPeople(ids: readonly string[], field: string): UserErrorValue[] {
  if (ids.length === 0) return [userError('REQUIRED', 'Name at least one person.', field)];
  if (ids.length > MAX_PEOPLE_AT_ONCE) {
    return [userError('TOO_LONG', `At most ${MAX_PEOPLE_AT_ONCE} people at once.`, field)];
  }
  return ids.flatMap((id, index) =>
    parseUserId(id) ? [] : [userError('NOT_FOUND', 'There is no such person.', field, index)],
  );
}

/** Each person once, without the viewer. Ids must have been checked. */
export const othersAmong = (viewerId: string, ids: readonly string[]): string[] => [
  ...new Set(ids.map((id) => parseUserId(id) ?? id).filter((id) => id !== viewerId)),
];

/** Checks a new group. The viewer among the members is left out: they are in it anyway. */
export function checkGroup(viewerId: string, input: CreateGroupInput): { draft: GroupDraft; errors: UserErrorValue[] } {
  const name = wellFormed(input.name).trim();
  const description = input.description == null ? undefined : wellFormed(input.description).trim();
  const memberIds = othersAmong(viewerId, input.memberIds);
  const people = checkPeople(input.memberIds, 'memberIds');
  const onlySelf =
    people.length === 0 && memberIds.length === 0
      ? userError('SELF', 'Name somebody besides yourself.', 'memberIds')
      : undefined;
  const errors = [
    checkName(name),
    description === undefined ? undefined : checkDescription(description),
    ...people,
    onlySelf,
    checkClientId(input.clientMutationId, 'clientMutationId'),
  ].filter((mistake) => mistake !== undefined);
  return { draft: { name, description: description === '' ? undefined : description, memberIds }, errors };
}
