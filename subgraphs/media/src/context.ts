import { type RequestScope, viewerOf } from '@postbook/service-kit';
import type { LiveService } from './live/live-service.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import type { MediaReader } from './media/media-reader.ts';
import type { MediaService } from './media/media-service.ts';
import type { MediaUrls } from './serving/media-urls.ts';
import type { UploadService } from './upload/upload-service.ts';

/** The rules of media; the same for all requests. */
export interface MediaServices {
  readonly media: MediaService;
  readonly reader: MediaReader;
  readonly uploads: UploadService;
  readonly live: LiveService;
  readonly urls: MediaUrls;
}

/** What a resolver of media may use. */
export interface Context extends RequestScope {
  readonly services: MediaServices;
  /** Of this request alone. */
  readonly loaders: Loaders;
}

/** Makes the context of one request. */
export const createContext = (scope: RequestScope, services: MediaServices): Context => ({
  ...scope,
  services,
  loaders: createLoaders({ viewerId: viewerOf(scope)?.userId, service: scope.identity.service }, services.reader),
});
