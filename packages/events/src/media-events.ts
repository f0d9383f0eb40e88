import { z } from 'zod';
import { defineEvent } from './envelope.ts';
import { documentId, userId } from './payload-fields.ts';

const file = z.object({ mediaId: documentId, ownerId: userId });

/** Events of media. The aggregate is the file: `aggregateId` is its id. */
export const mediaEvents = {
  /** A file is checked, stripped and has its variants. */
  MediaReady: defineEvent('media', 'Media', file.extend({ kind: z.enum(['Image', 'Video', 'Audio', 'Document']) })),
  /** A file was refused or could not be processed; `reason` is a code, not text for people. */
  MediaFailed: defineEvent('media', 'Media', file.extend({ reason: z.string().min(1) })),
  /** A file is gone; whoever refers to it shows a placeholder. */
  MediaDeleted: defineEvent('media', 'Media', file),
};
