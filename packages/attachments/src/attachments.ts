import { createEntityClient, type EntityClient, type UserErrorValue, userError } from '@postbook/service-kit';
import { z } from 'zod';

/** What a file is, by its content. */
export type MediaKind = 'Image' | 'Video' | 'Audio' | 'Document';

/** What a file was uploaded for. Files for `Profile` are public and have stable URLs; all others are private. */
export type MediaCategory = 'Profile' | 'Post' | 'Chat' | 'Document' | 'Other';

/** What media says of a file to a service that wants to attach it. */
export interface AttachmentFacts {
  readonly mediaId: string;
  readonly ownerId: string;
  readonly kind: MediaKind;
  readonly category: MediaCategory;
  /** Checked, stripped, with its variants, and not about to be swept. */
  readonly isReady: boolean;
  /** Where everybody can fetch it; null for private files. */
  readonly publicUrl: string | null;
}

/** What may be attached. */
export interface AttachmentRule {
  /** Whose files they must be. */
  readonly ownerId: string;
  readonly kinds: readonly MediaKind[];
  /** Any when absent. */
  readonly categories?: readonly MediaCategory[];
  /** Files at the most. */
  readonly maximum: number;
}

/** What came of a check: the files in the order they were named, or what is wrong with them. */
export type CheckedAttachments =
  | { readonly files: readonly AttachmentFacts[]; readonly mistakes: readonly [] }
  | { readonly files: readonly []; readonly mistakes: readonly UserErrorValue[] };

/** Checks files before they are attached to something. */
export interface Attachments {
  /**
   * @param field the input's field that named the files, such as `mediaIds`.
   * @throws UnavailableError when media doesn't answer: nothing is attached unchecked.
   */
  check(mediaIds: readonly string[], rule: AttachmentRule, field: string): Promise<CheckedAttachments>;
}

/** Where media answers, and who asks. */
export interface AttachmentsOptions {
  readonly mediaUrl: string;
  /** `INTERNAL_IDENTITY_SECRET`. */
  readonly secret: string;
  readonly service: string;
}

const KINDS = { IMAGE: 'Image', VIDEO: 'Video', AUDIO: 'Audio', DOCUMENT: 'Document' } as const;
const CATEGORIES = { PROFILE: 'Profile', POST: 'Post', CHAT: 'Chat', DOCUMENT: 'Document', OTHER: 'Other' } as const;

const entitySchema = z.object({
  attachment: z.object({
    ownerId: z.string(),
    kind: z.enum(['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT']),
    category: z.enum(['PROFILE', 'POST', 'CHAT', 'DOCUMENT', 'OTHER']),
    isReady: z.boolean(),
    publicUrl: z.string().nullable(),
  }),
});
type MediaEntity = z.infer<typeof entitySchema>;

const toFacts = (mediaId: string, { attachment }: MediaEntity): AttachmentFacts => ({
  ...attachment,
  mediaId,
  kind: KINDS[attachment.kind],
  category: CATEGORIES[attachment.category],
});

/** What is wrong with one file. Others' files and those that don't exist are told alike. */
function mistakeOf(
  facts: AttachmentFacts | undefined,
  rule: AttachmentRule,
  place: readonly (string | number)[],
): UserErrorValue | undefined {
  if (facts?.ownerId !== rule.ownerId) return userError('NOT_FOUND', 'You have no file with this id.', ...place);
  if (!facts.isReady) return userError('NOT_ALLOWED', 'The file isn’t ready yet. Wait until it is.', ...place);
  const isFitting = rule.kinds.includes(facts.kind) && (rule.categories?.includes(facts.category) ?? true);
  return isFitting ? undefined : userError('INVALID_FORMAT', 'A file of this kind can’t be used here.', ...place);
}

/** What is wrong with the list itself. */
function mistakesOfList(mediaIds: readonly string[], { maximum }: AttachmentRule, field: string): UserErrorValue[] {
  if (mediaIds.length > maximum) return [userError('TOO_LONG', `At most ${maximum} files can be attached.`, field)];
  const twice = mediaIds.findIndex((id, index) => mediaIds.indexOf(id) < index);
  return twice === -1 ? [] : [userError('ALREADY_DONE', 'The file is attached already.', field, twice)];
}

/** Asks media, on behalf of a service, whether files may be attached. */
export function createAttachments({ mediaUrl: url, secret, service }: AttachmentsOptions): Attachments {
  const media: EntityClient<MediaEntity> = createEntityClient({
    owner: 'media',
    url,
    secret,
    service,
    typename: 'Media',
    selection: 'attachment { ownerId kind category isReady publicUrl }',
    entity: entitySchema,
  });

  return {
    async check(mediaIds, rule, field) {
      const mistakesInList = mistakesOfList(mediaIds, rule, field);
      if (mistakesInList.length > 0) return { files: [], mistakes: mistakesInList };
      const found = await media.fetch(mediaIds);
      const files = mediaIds.map((id) => {
        const entity = found.get(id);
        return entity ? toFacts(id, entity) : undefined;
      });
      const mistakes = files.flatMap((facts, index) => mistakeOf(facts, rule, [field, index]) ?? []);
      if (mistakes.length > 0) return { files: [], mistakes };
      return { files: files.filter((facts) => facts !== undefined), mistakes: [] };
    },
  };
}
