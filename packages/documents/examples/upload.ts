import type { ApolloClient } from '@apollo/client';
import {
  CompleteUploadDocument,
  CreatePostDocument,
  MediaStatusDocument,
  RequestUploadDocument,
} from '@postbook/documents';
import { filter, firstValueFrom } from 'rxjs';

/** What came of a mutation, or what its errors say in plain words. */
function expectValue<T>(value: T | null | undefined, errors: readonly { readonly message: string }[] = []): T {
  if (value === null || value === undefined) throw new Error(errors.map(({ message }) => message).join(' '));
  return value;
}

/** Waits until a file can be attached: asks twice a second. Over a socket `MediaStatusChanged` tells it live. */
async function untilReady(client: ApolloClient, id: string): Promise<void> {
  const query = client.watchQuery({
    query: MediaStatusDocument,
    variables: { id },
    fetchPolicy: 'network-only',
    pollInterval: 500,
  });
  const isOver = (status: unknown) => status === 'COMPLETED' || status === 'FAILED';
  const { data, error } = await firstValueFrom(
    query.pipe(filter((answer) => answer.error !== undefined || isOver(answer.data?.media?.status))),
  );
  if (error) throw error;
  if (data?.media?.problem) throw new Error(`The picture can't be used: ${data.media.problem}`);
}

/** Brings a picture in: asks where to, sends it there as it is, and waits until it can be shown. Gives its id. */
export async function uploadPicture(client: ApolloClient, picture: File, altText: string): Promise<string> {
  const { name: fileName, size: sizeBytes, type: mimeType } = picture;
  const input = { category: 'POST', fileName, sizeBytes, mimeType, altText } as const;
  const { data } = await client.mutate({ mutation: RequestUploadDocument, variables: { input } });
  const upload = expectValue(data?.requestUpload?.upload, data?.requestUpload?.errors);
  const { method } = upload;
  const headers = Object.fromEntries(upload.headers.map(({ name, value }) => [name, value]));
  const response = await fetch(expectValue(upload.url), { method: expectValue(method), headers, body: picture });
  if (!response.ok) throw new Error(`The picture was refused: ${response.status}`);
  const mediaId = upload.media.id;
  await client.mutate({ mutation: CompleteUploadDocument, variables: { input: { mediaId } } });
  await untilReady(client, mediaId);
  return mediaId;
}

/** Publishes a picture with a few words, for friends. Gives the post's id. */
export async function publishPicture(client: ApolloClient, picture: File, content: string): Promise<string> {
  const mediaIds = [await uploadPicture(client, picture, content)];
  // Made once for each post: a retry with the same id never publishes it twice.
  const input = { content, mediaIds, visibility: 'FRIENDS', clientMutationId: crypto.randomUUID() } as const;
  const { data } = await client.mutate({ mutation: CreatePostDocument, variables: { input } });
  return expectValue(data?.createPost?.post, data?.createPost?.errors).id;
}
