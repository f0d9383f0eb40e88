import {
  done,
  idempotencyConflict,
  isDuplicateKey,
  type MongoTransaction,
  type Outcome,
  RateLimitedError,
  refused,
  type Transactor,
  userError,
} from '@postbook/service-kit';
import type { MediaConfig } from '../config.ts';
import { type ContentKind, MAX_BYTES } from '../content/content-kinds.ts';
import { HEAD_BYTES, inspectContent } from '../content/inspect-content.ts';
import type { MediaFile } from '../media/media.ts';
import { UNREFERENCED_MS } from '../media/media.ts';
import { isOwn, mayBe } from '../media/media-policy.ts';
import { type MediaRepository, newMediaId } from '../media/media-repository.ts';
import type { MediaUrls } from '../serving/media-urls.ts';
import { UPLOAD_URL_MS } from '../serving/media-urls.ts';
import { incomingFolder, incomingPath, type MediaStorage, readAll } from '../storage/storage.ts';
import { checkUpload, type RequestUploadInput, type UploadDraft } from './upload-input.ts';
import type { UploadRepository } from './upload-repository.ts';

/** How long an upload that has begun may go on past the end of its URL, in milliseconds. */
const UPLOAD_GRACE_MS = 45 * 60_000;
const DAY_SECONDS = 24 * 60 * 60;
const MINUTE_SECONDS = 60;
/** The one place for content that comes by the storage's own door. */
const DOOR = 'upload';

/** Where to bring a file's content, and how. */
export interface UploadTarget {
  readonly url: string;
  readonly method: 'PUT';
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly expiresAt: Date;
}

/** An upload that is awaited; without a target when its content is in already. */
export interface Upload {
  readonly media: MediaFile;
  readonly target: UploadTarget | null;
}

/** Content that lies in the storage. */
export interface ArrivedContent {
  readonly content: ContentKind;
  readonly sizeBytes: number;
}

/** What {@link createUploadService} needs. */
export interface UploadServiceOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly media: MediaRepository;
  readonly uploads: UploadRepository;
  readonly storage: MediaStorage;
  readonly urls: MediaUrls;
  readonly quotas: MediaConfig['quotas'];
  readonly now: () => Date;
  /** Makes the id of a new file. Default: a random one. */
  readonly newId?: ((draft: UploadDraft) => string) | undefined;
  /** Called when a file waits for processing. */
  onReceived(file: MediaFile): void;
}

const noFile = () => refused(userError('NOT_FOUND', 'You have no file with this id.', 'mediaId'));

/** Lets people upload. */
export function createUploadService(options: UploadServiceOptions) {
  const { transactor, media, newId = newMediaId, now, onReceived, quotas, storage, uploads, urls } = options;

  async function targetOf(file: MediaFile): Promise<UploadTarget | null> {
    const at = now();
    if (file.isDeleted || !file.uploadExpiresAt || file.uploadExpiresAt <= at) return null;
    const expiresAt = new Date(Math.min(at.getTime() + UPLOAD_URL_MS, file.uploadExpiresAt.getTime()));
    const seconds = Math.max(1, Math.floor((expiresAt.getTime() - at.getTime()) / 1_000));
    const door = await storage.uploadUrl(incomingPath(file.id, DOOR), file.sizeBytes, seconds);
    const url = door ?? urls.uploadUrl(file.id, file.sizeBytes, expiresAt);
    return { url, method: 'PUT', headers: [{ name: 'content-type', value: file.mimeType }], expiresAt };
  }

  /** What the request has made already. @throws IdempotencyConflictError when it was another request. */
  async function earlier(ownerId: string, { request }: UploadDraft): Promise<MediaFile | undefined> {
    if (!request) return undefined;
    const found = await uploads.byRequest(ownerId, request.clientMutationId);
    if (found && found.requestHash !== request.requestHash) throw idempotencyConflict('clientMutationId');
    return found && (await media.byIds([found.id]))[0];
  }

  async function insert(tx: MongoTransaction, ownerId: string, draft: UploadDraft): Promise<MediaFile> {
    const at = now();
    const use = await uploads.count(tx, ownerId, draft.sizeBytes, at);
    if (use.awaitedUploads > quotas.awaitedUploads) {
      throw new RateLimitedError('Too many uploads are awaited. Finish some of them first.', MINUTE_SECONDS);
    }
    if (use.dailyBytes > quotas.dailyBytes) {
      const passed = Math.floor(at.getTime() / 1_000) % DAY_SECONDS;
      throw new RateLimitedError('You have uploaded as much as can be on one day.', DAY_SECONDS - passed);
    }
    const id = newId(draft);
    const uploadExpiresAt = new Date(at.getTime() + UPLOAD_URL_MS + UPLOAD_GRACE_MS);
    const { declared, ...rest } = draft;
    return media.insert(tx, {
      ...rest,
      id,
      ownerId,
      kind: declared.kind,
      mimeType: declared.mimeType,
      extension: declared.extension,
      storageProvider: storage.provider,
      storagePath: incomingPath(id, DOOR),
      at,
      uploadExpiresAt,
      expiresAt: uploadExpiresAt,
    });
  }

  async function make(ownerId: string, draft: UploadDraft): Promise<MediaFile> {
    try {
      return await transactor.run((tx) => insert(tx, ownerId, draft));
    } catch (error) {
      const found = isDuplicateKey(error) ? await earlier(ownerId, draft) : undefined;
      if (found) return found;
      throw error;
    }
  }

  /** What the content in the storage is; undefined for what isn't taken. */
  async function contentAt(path: string, { category, sizeBytes }: MediaFile): Promise<ContentKind | undefined> {
    const head = await readAll(storage, path, { start: 0, end: Math.min(HEAD_BYTES, sizeBytes) - 1 });
    const content = head && (await inspectContent(head));
    const isTaken = content && mayBe(content.kind, category) && sizeBytes <= MAX_BYTES[content.kind];
    return isTaken ? content : undefined;
  }

  /** Notes that content is in and has it processed. Of two uploads of one file the second is told so. */
  async function receive(id: string, storagePath: string, arrived: ArrivedContent): Promise<Outcome<MediaFile>> {
    const at = now();
    const expiresAt = new Date(at.getTime() + UNREFERENCED_MS);
    const file = await uploads.receive({ id, storagePath, at, expiresAt, ...arrived });
    if (!file) return refused(userError('ALREADY_DONE', 'The file has come in already, or is gone.', 'mediaId'));
    onReceived(file);
    return done(file);
  }

  return {
    /** Makes a file to be and says where to bring its content. @throws RateLimitedError, IdempotencyConflictError */
    async request(viewerId: string, input: RequestUploadInput): Promise<Outcome<Upload>> {
      const { draft, errors } = checkUpload(input);
      if (!draft) return refused(...errors);
      const file = (await earlier(viewerId, draft)) ?? (await make(viewerId, draft));
      return done({ media: file, target: await targetOf(file) });
    },

    /**
     * Takes content that came by the storage's own door, once its first bytes were looked at. What came by this service
     * is complete already, so that this is a success without an effect.
     */
    async complete(viewerId: string, mediaId: string): Promise<Outcome<MediaFile>> {
      const [file] = await media.byIds([mediaId]);
      if (!file || file.isDeleted || !isOwn(file, viewerId)) return noFile();
      if (!file.uploadExpiresAt) return done(file);
      const path = incomingPath(file.id, DOOR);
      const sizeBytes = await storage.sizeOf(path);
      if (sizeBytes === undefined) return refused(userError('NOT_FOUND', 'The file has not come in.', 'mediaId'));
      const content = sizeBytes === file.sizeBytes ? await contentAt(path, file) : undefined;
      if (content) return receive(file.id, path, { content, sizeBytes });
      await storage.removeAll(incomingFolder(file.id));
      return refused(userError('INVALID_FORMAT', 'The file is not of a type and size that are taken.', 'mediaId'));
    },

    receive,

    /** A file by id, whoever it belongs to: for who holds a signed URL. */
    async find(mediaId: string): Promise<MediaFile | undefined> {
      return (await media.byIds([mediaId]))[0];
    },
  };
}

/** What {@link createUploadService} returns. */
export type UploadService = ReturnType<typeof createUploadService>;
