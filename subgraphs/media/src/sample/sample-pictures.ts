import {
  createSamplePlatform,
  drawPortrait,
  drawScene,
  inParallel,
  type Sample,
  sampleDocumentId,
  sampleUserId,
} from '@postbook/sample-data';
import type { MediaConfig } from '../config.ts';
import { createMediaDatabase } from '../database/media-database-repository.ts';
import type { Category } from '../media/media.ts';
import { createServices } from '../services.ts';
import { receiveUpload } from '../upload/upload-receiver.ts';

/** Pictures drawn and brought at a time. */
const AT_ONCE = 2;
const STALL_MS = 10_000;

/** A picture of the sample. Its name gives its id, by which profiles and posts attach it. */
interface SamplePicture {
  readonly name: string;
  readonly owner: number;
  readonly category: Category;
  readonly altText: string;
  draw(): Promise<Buffer>;
}

function picturesOf({ people, posts }: Sample): SamplePicture[] {
  const avatars = people
    .filter(({ hasAvatar }) => hasAvatar)
    .map(
      ({ firstName, index, username }): SamplePicture => ({
        name: `avatar ${index}`,
        owner: index,
        category: 'profile',
        altText: `A drawing of ${firstName}`,
        draw: () => drawPortrait(username),
      }),
    );
  const scenes = posts.flatMap(({ author, picture }): SamplePicture[] =>
    picture
      ? [{ name: picture, owner: author, category: 'post', altText: 'Hills and a sun', draw: () => drawScene(picture) }]
      : [],
  );
  return [...avatars, ...scenes];
}

/** Uploads the pictures of the sample and has them processed. What is there already stays as it is. */
export async function fillPictures(config: MediaConfig, sample: Sample): Promise<void> {
  const platform = createSamplePlatform('media-sample', config);
  const database = createMediaDatabase(config, platform.log);
  const { processing, services, storage } = createServices({
    config,
    platform,
    database,
    publicUrl: () => config.publicUrl ?? 'http://127.0.0.1',
    newId: ({ request }) => sampleDocumentId(request?.clientMutationId ?? ''),
  });
  await database.start();
  await storage.start();

  async function upload({ altText, category, draw, name, owner }: SamplePicture): Promise<void> {
    const content = await draw();
    const outcome = await services.uploads.request(sampleUserId(owner), {
      category,
      altText,
      fileName: `${name}.jpg`,
      sizeBytes: content.length,
      mimeType: 'image/jpeg',
      clientMutationId: name,
    });
    if (!outcome.value) throw new Error(`the sample was refused: ${outcome.errors[0]?.message}`);
    const file = outcome.value.media;
    // It came in before.
    if (!file.uploadExpiresAt) return;
    const body = (async function* () {
      yield content;
    })();
    const { path, ...arrived } = await receiveUpload({ storage, file, body, stallMs: STALL_MS });
    await services.uploads.receive(file.id, path, arrived);
  }

  const pictures = picturesOf(sample);
  let done = 0;
  await inParallel(pictures, AT_ONCE, async (picture) => {
    await upload(picture);
    done += 1;
    sample.progress(done, pictures.length);
  });
  // Profiles and posts attach only what is ready.
  await processing.drain();
  await processing.stop();
  await database.stop();
}
