// What stands behind each type of the graph: the parents that resolvers get.
export type { MediaFile as MediaModel } from './media/media.ts';
export type { Attachment as MediaAttachmentModel } from './media/media-reader.ts';
export type { Upload as MediaUploadModel } from './upload/upload-service.ts';
