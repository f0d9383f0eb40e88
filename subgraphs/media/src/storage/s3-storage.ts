import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { S3Config } from '../config.ts';
import { type MediaStorage, type NewBlob, WrongSizeError } from './storage.ts';

/** Larger blobs are sent in parts of this size, so that no process holds a whole video. S3's minimum is 5 MB. */
const PART_BYTES = 8 * 1024 * 1024;

const isMissing = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;

/** The body in pieces of `PART_BYTES`, the last one smaller. @throws WrongSizeError */
async function* partsOf({ body, sizeBytes }: NewBlob): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > sizeBytes) throw new WrongSizeError(`more than ${sizeBytes} bytes came`);
    waiting.push(chunk);
    waitingBytes += chunk.length;
    // Held back until more came: the last part is sent only once the size was found right.
    if (waitingBytes <= PART_BYTES) continue;
    const joined = Buffer.concat(waiting);
    yield joined.subarray(0, PART_BYTES);
    waiting = [joined.subarray(PART_BYTES)];
    waitingBytes = joined.length - PART_BYTES;
  }
  if (total < sizeBytes) throw new WrongSizeError(`${total} of ${sizeBytes} bytes came`);
  yield Buffer.concat(waiting);
}

const createClient = ({ endpoint, region, accessKeyId, secretAccessKey }: S3Config): S3Client =>
  new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    // Newer checksums are Amazon's alone; other stores refuse what they don't know.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });

/** Blobs as objects of a bucket. */
export function createS3Storage(config: S3Config): MediaStorage {
  const { bucket: Bucket } = config;
  const client = createClient(config);

  async function writeInParts(Key: string, blob: NewBlob): Promise<void> {
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: blob.contentType }),
    );
    try {
      const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
      for await (const Body of partsOf(blob)) {
        const PartNumber = Parts.length + 1;
        const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
        Parts.push({ PartNumber, ETag });
      }
      await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    } catch (error) {
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined);
      throw error;
    }
  }

  return {
    name: 'media storage',
    provider: 'S3',
    start: async () => void (await client.send(new HeadBucketCommand({ Bucket }))),
    stop: async () => client.destroy(),
    check: async () => void (await client.send(new HeadBucketCommand({ Bucket }))),

    async write(Key, blob) {
      if (blob.sizeBytes > PART_BYTES) return writeInParts(Key, blob);
      for await (const Body of partsOf(blob)) {
        await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: blob.contentType }));
      }
    },

    async read(Key, range) {
      const Range = range && `bytes=${range.start}-${range.end}`;
      try {
        const { Body, ContentLength, ContentRange } = await client.send(new GetObjectCommand({ Bucket, Key, Range }));
        if (!(Body instanceof Readable)) throw new Error('the object has no stream');
        return { sizeBytes: Number(ContentRange?.split('/')[1] ?? ContentLength), stream: Body };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    async sizeOf(Key) {
      try {
        return (await client.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    remove: async (Key) => void (await client.send(new DeleteObjectCommand({ Bucket, Key }))),

    async removeAll(folder) {
      for (;;) {
        const { Contents = [], IsTruncated } = await client.send(
          new ListObjectsV2Command({ Bucket, Prefix: `${folder}/` }),
        );
        const Objects = Contents.map(({ Key }) => ({ Key }));
        if (Objects.length > 0)
          await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
        if (!IsTruncated) return;
      }
    },

    // The length is signed, so the store takes neither more nor less.
    uploadUrl: (Key, sizeBytes, expiresIn) =>
      getSignedUrl(client, new PutObjectCommand({ Bucket, Key, ContentLength: sizeBytes }), {
        expiresIn,
        signableHeaders: new Set(['host', 'content-length']),
      }),
  };
}
