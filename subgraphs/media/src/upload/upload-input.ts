import {
  isPrintable,
  lengthOf,
  requestFingerprint,
  tidyText,
  type UserErrorValue,
  userError,
  wellFormed,
} from '@postbook/service-kit';
import type { ContentKind } from '../content/content-kinds.ts';
import { contentKindOf, MAX_BYTES } from '../content/content-kinds.ts';
import type { Category } from '../media/media.ts';
import { mayBe } from '../media/media-policy.ts';
import { checkTexts, type MediaTexts, type TextsInput } from '../media/text-input.ts';

/** Longest name of a file, in characters. */
export const MAX_NAME = 255;
const MAX_CLIENT_ID = 64;

/** A request to upload, as it came. */
export interface RequestUploadInput extends TextsInput {
  readonly category: Category;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly mimeType: string;
  readonly clientMutationId?: string | null | undefined;
}

/** A request to upload, checked. */
export interface UploadDraft extends MediaTexts {
  readonly category: Category;
  readonly originalName: string;
  readonly sizeBytes: number;
  /** As declared: good for refusing early, not for believing. */
  readonly declared: ContentKind;
  readonly request?: { readonly clientMutationId: string; readonly requestHash: string } | undefined;
}

/** The last part of a path of any system: some browsers give the whole. */
const baseName = (name: string): string => name.split(/[/\\]/).at(-1) ?? '';

function checkName(name: string): UserErrorValue | undefined {
  if (name === '') return userError('REQUIRED', 'Give the file a name.', 'fileName');
  if (lengthOf(name) > MAX_NAME) return userError('TOO_LONG', `At most ${MAX_NAME} characters.`, 'fileName');
  return isPrintable(name, false)
    ? undefined
    : userError('INVALID_FORMAT', 'The name has characters that can’t be seen.', 'fileName');
}

function checkSize(sizeBytes: number, declared: ContentKind | undefined): UserErrorValue | undefined {
  if (sizeBytes < 1) return userError('REQUIRED', 'The file is empty.', 'sizeBytes');
  const maximum = declared && MAX_BYTES[declared.kind];
  if (maximum === undefined || sizeBytes <= maximum) return undefined;
  return userError('TOO_LONG', `At most ${maximum / 1024 / 1024} MB for a file of this type.`, 'sizeBytes');
}

function checkClientId(id: string | null | undefined): UserErrorValue | undefined {
  if (id == null) return undefined;
  if (id === '') return userError('REQUIRED', 'Leave clientMutationId out or give it a value.', 'clientMutationId');
  return id.length > MAX_CLIENT_ID
    ? userError('TOO_LONG', `At most ${MAX_CLIENT_ID} characters.`, 'clientMutationId')
    : undefined;
}

/** Checks a request to upload. */
export function checkUpload(
  input: RequestUploadInput,
): { draft: UploadDraft; errors: readonly [] } | { draft: null; errors: readonly UserErrorValue[] } {
  const originalName = baseName(tidyText(input.fileName));
  const declared = contentKindOf(wellFormed(input.mimeType));
  const texts = checkTexts(input);
  const errors = [
    checkName(originalName),
    checkSize(input.sizeBytes, declared),
    declared && mayBe(declared.kind, input.category)
      ? undefined
      : userError('INVALID_FORMAT', 'Files of this type are not taken for this.', 'mimeType'),
    ...texts.errors,
    checkClientId(input.clientMutationId),
  ].filter((mistake) => mistake !== undefined);
  if (errors.length > 0 || !declared) return { draft: null, errors };
  const { category, sizeBytes, clientMutationId } = input;
  const { altText, description, tags } = texts.value;
  const draft = { category, originalName, sizeBytes, declared, altText, description, tags };
  if (clientMutationId == null) return { draft, errors: [] };
  const parts = [category, originalName, sizeBytes, declared.mimeType, altText, description, tags];
  const requestHash = requestFingerprint('requestUpload', ...parts.map((part) => part ?? null));
  return { draft: { ...draft, request: { clientMutationId, requestHash } }, errors: [] };
}
