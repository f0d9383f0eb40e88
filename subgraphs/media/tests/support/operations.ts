import { eventually, type GraphqlClient } from '@postbook/testkit';

/** A reason why a mutation changed nothing. */
export interface UserError {
  readonly code: string;
  readonly path: readonly string[];
}

/** A file as tests read it. */
export interface MediaData {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly problem: string | null;
  readonly category: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly aspectRatio: string | null;
  readonly durationSeconds: number | null;
  readonly altText: string | null;
  readonly description: string | null;
  readonly fileName: string | null;
  readonly tags: readonly string[] | null;
  readonly blurPlaceholder: string | null;
  readonly url: string | null;
  readonly thumbnail: string | null;
  readonly small: string | null;
  readonly original: string | null;
  readonly urlExpiresAt: string | null;
}

export const MEDIA_FIELDS = `
  id kind status problem category mimeType sizeBytes width height aspectRatio durationSeconds altText description fileName
  tags blurPlaceholder url thumbnail: url(variant: THUMBNAIL) small: url(variant: SMALL) original: url(variant: ORIGINAL)
  urlExpiresAt
`;

/** An upload that was asked for. */
export interface UploadData {
  readonly media: MediaData;
  readonly url: string | null;
  readonly method: string | null;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly expiresAt: string | null;
}

/** Asks to upload; the result as it comes. */
export const tryRequest = (client: GraphqlClient, input: Record<string, unknown>) =>
  client.execute<{ requestUpload: { upload: UploadData | null; errors: UserError[] } }>(
    `mutation ($input: RequestUploadInput!) {
      requestUpload(input: $input) {
        upload { media { ${MEDIA_FIELDS} } url method headers { name value } expiresAt }
        errors { code path }
      }
    }`,
    { input: { category: 'POST', fileName: 'picture.jpg', mimeType: 'image/jpeg', ...input } },
  );

/** Asks to upload what must be taken. */
export async function request(
  client: GraphqlClient,
  input: Record<string, unknown>,
): Promise<UploadData & { url: string }> {
  const { data, errors } = await tryRequest(client, input);
  const upload = data?.requestUpload.upload;
  if (!upload?.url) throw new Error(`not to be uploaded: ${JSON.stringify(errors ?? data)}`);
  return { ...upload, url: upload.url };
}

/** Brings content to a URL. */
export const put = (url: string, content: Uint8Array | ReadableStream, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'PUT',
    headers,
    body: content,
    ...(content instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit);

/** The code of an answer that isn't a file. */
export const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { error: { code: string } }).error.code;

/** An own file; null when there is none. */
export async function read(client: GraphqlClient, id: string): Promise<MediaData | null> {
  const { media } = await client.data<{ media: MediaData | null }>(
    `query ($id: ID!) { media(id: $id) { ${MEDIA_FIELDS} } }`,
    { id },
  );
  return media;
}

/** Waits until a file is ready or has failed. */
export const settled = (client: GraphqlClient, id: string): Promise<MediaData> =>
  eventually(
    async () => {
      const file = await read(client, id);
      return file?.status === 'COMPLETED' || file?.status === 'FAILED' ? file : undefined;
    },
    { timeoutMs: 20_000 },
  );

/** Uploads content and waits until it is ready, or has failed. */
export async function upload(
  client: GraphqlClient,
  content: Uint8Array,
  input: Record<string, unknown> = {},
): Promise<MediaData> {
  const { media, url } = await request(client, { sizeBytes: content.length, ...input });
  const response = await put(url, content);
  if (response.status !== 201) throw new Error(`not taken: ${response.status} ${await response.text()}`);
  return settled(client, media.id);
}

/** Files as the gateway asks for them on behalf of somebody whom a reference was shown to. */
export async function byReference(client: GraphqlClient, ...ids: string[]): Promise<(MediaData | null)[]> {
  const { _entities } = await client.data<{ _entities: (MediaData | null)[] }>(
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Media { ${MEDIA_FIELDS} } } }`,
    { of: ids.map((id) => ({ __typename: 'Media', id })) },
  );
  return _entities;
}

/** Deletes a file. */
export async function remove(client: GraphqlClient, mediaId: string) {
  const { deleteMedia } = await client.data<{ deleteMedia: { mediaId: string | null; errors: UserError[] } }>(
    'mutation ($input: DeleteMediaInput!) { deleteMedia(input: $input) { mediaId errors { code path } } }',
    { input: { mediaId } },
  );
  return deleteMedia;
}
