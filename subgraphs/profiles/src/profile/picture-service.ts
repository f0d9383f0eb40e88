import type { AttachmentFacts, Attachments } from '@postbook/attachments';
import { done, type Outcome, refused, userError } from '@postbook/service-kit';
import type { Person } from './person.ts';
import { forget, type ViewerScope } from './profile-loaders.ts';
import type { ProfileChanges } from './profile-repository.ts';
import { ownPerson, type ProfileWriter } from './profile-writer.ts';

/** A file in media: the rest is answered there. */
export interface Picture {
  readonly id: string;
}

/** The places for a picture. */
export type PicturePlace = 'avatar' | 'cover';

/** What {@link createPictureService} works with. */
export interface PictureServiceParts {
  readonly attachments: Attachments;
  readonly writer: ProfileWriter;
}

/** Pictures of pages: files of media, checked when they are set. */
export interface PictureService {
  /** Shows an own picture in the place. @throws UnavailableError while media doesn't answer. */
  set(scope: ViewerScope, viewerId: string, place: PicturePlace, mediaId: string): Promise<Outcome<Person>>;
  /** Shows none there. */
  remove(scope: ViewerScope, viewerId: string, place: PicturePlace): Promise<Outcome<Person>>;
}

const pictureOf = (person: Person, place: PicturePlace): string | null =>
  place === 'avatar' ? person.avatarMediaId : person.coverMediaId;

/** What changes on the page. @param picture undefined for none. */
function changesOf(place: PicturePlace, picture: { mediaId: string; url: string } | undefined): ProfileChanges {
  const { mediaId = null, url = null } = picture ?? {};
  return place === 'avatar'
    ? { avatarUrl: url, avatarMediaId: mediaId }
    : { coverImageUrl: url, coverMediaId: mediaId };
}

/** The service of pictures. */
export function createPictureService({ attachments, writer }: PictureServiceParts): PictureService {
  /** The file, if it may be shown. Whoever sees the person sees it, so that nothing private may. */
  async function check(viewerId: string, mediaId: string): Promise<Outcome<AttachmentFacts & { publicUrl: string }>> {
    const rule = { ownerId: viewerId, kinds: ['Image'], categories: ['Profile'], maximum: 1 } as const;
    const { files, mistakes } = await attachments.check([mediaId], rule, 'mediaId');
    const [file] = files;
    if (file?.publicUrl) return done({ ...file, publicUrl: file.publicUrl });
    // The field is no list: its path ends with its name.
    if (mistakes.length > 0) return refused(...mistakes.map((mistake) => ({ ...mistake, path: ['input', 'mediaId'] })));
    return refused(userError('NOT_ALLOWED', 'The file isn’t public.', 'mediaId'));
  }

  async function save(scope: ViewerScope, viewerId: string, changes: ProfileChanges): Promise<Outcome<Person>> {
    const saved = await writer.save(viewerId, changes);
    forget(scope, viewerId);
    return done(saved);
  }

  return {
    async set(scope, viewerId, place, id) {
      const mediaId = id.toLowerCase();
      const person = await ownPerson(scope, viewerId);
      if (pictureOf(person, place) === mediaId) return done(person);
      const { value: file, errors } = await check(viewerId, mediaId);
      if (!file) return refused(...errors);
      return save(scope, viewerId, changesOf(place, { mediaId, url: file.publicUrl }));
    },

    async remove(scope, viewerId, place) {
      const person = await ownPerson(scope, viewerId);
      if (pictureOf(person, place) === null) return done(person);
      return save(scope, viewerId, changesOf(place, undefined));
    },
  };
}
