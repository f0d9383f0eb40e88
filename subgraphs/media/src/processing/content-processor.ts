import type { StoredVariant } from '@postbook/db/media';
import { contentKindOf, MAX_BYTES } from '../content/content-kinds.ts';
import { inspectContent } from '../content/inspect-content.ts';
import type { MediaFile } from '../media/media.ts';
import { type MediaStorage, readAll, servedFolder } from '../storage/storage.ts';
import { copyContent } from './copy-processor.ts';
import { processImage } from './image-processor.ts';
import { type NewVariant, UnfitContentError } from './processed-content.ts';
import type { ProcessingResult } from './processing-repository.ts';

/** Makes uploaded content fit to be served. */
export interface ContentProcessor {
  /**
   * Writes all variants of a file. May be run again at any time: it writes the same to the same places.
   *
   * @throws UnfitContentError when the content is the reason; anything else may be tried again.
   */
  process(file: MediaFile): Promise<ProcessingResult>;
}

/** Makes the processor. */
export function createContentProcessor(storage: MediaStorage): ContentProcessor {
  const pathOf = (file: MediaFile, { name, extension }: NewVariant) => `${servedFolder(file.id)}/${name}.${extension}`;

  async function image(file: MediaFile): Promise<ProcessingResult> {
    const content = await readAll(storage, file.storagePath);
    if (!content || content.length > MAX_BYTES.Image) throw new UnfitContentError('CORRUPT');
    // By its door a storage takes whatever has the right length, also after it was looked at.
    if ((await inspectContent(content))?.mimeType !== file.mimeType) throw new UnfitContentError('UNSUPPORTED_TYPE');
    const processed = await processImage(content);
    const variants: StoredVariant[] = [];
    for (const variant of processed.variants) {
      const path = pathOf(file, variant);
      const { name, mimeType, width, height } = variant;
      const sizeBytes = variant.content.length;
      await storage.write(path, { contentType: mimeType, sizeBytes, body: [variant.content] });
      variants.push({ name, path, mimeType, sizeBytes, ...(width && height ? { width, height } : {}) });
    }
    const storagePath = variants.find(({ name }) => name === 'original')?.path ?? file.storagePath;
    return { storagePath, variants, facts: processed.facts };
  }

  async function copy(file: MediaFile): Promise<ProcessingResult> {
    const content = contentKindOf(file.mimeType);
    if (!content) throw new UnfitContentError('UNSUPPORTED_TYPE');
    const { mimeType, extension } = content;
    const path = pathOf(file, { name: 'original', mimeType, extension });
    const { storagePath: from, sizeBytes } = file;
    const facts = await copyContent({ storage, from, to: path, sizeBytes, content });
    return { storagePath: path, variants: [{ name: 'original', path, mimeType, sizeBytes }], facts };
  }

  return { process: (file) => (file.kind === 'Image' ? image(file) : copy(file)) };
}
