import { setTimeout as pause } from 'node:timers/promises';
import { drawScene } from '@postbook/sample-data';
import type { Person } from './people.ts';

interface Requested {
  readonly requestUpload: {
    readonly upload: {
      readonly media: { readonly id: string };
      readonly url: string;
      readonly method: string;
      readonly headers: { readonly name: string; readonly value: string }[];
    } | null;
    readonly errors: unknown[];
  };
}

/** Uploads a picture as a front end does, and waits until it is ready. @returns its id. */
export async function uploadPicture(person: Person, category: 'POST' | 'CHAT' | 'PROFILE', seed: string) {
  const content = await drawScene(seed);
  const { requestUpload } = await person.client.data<Requested>(
    `mutation ($input: RequestUploadInput!) { requestUpload(input: $input) {
      upload { media { id } url method headers { name value } } errors { code message path } } }`,
    { input: { category, fileName: `${seed}.jpg`, sizeBytes: content.length, mimeType: 'image/jpeg', altText: seed } },
  );
  const { upload } = requestUpload;
  if (!upload) throw new Error(JSON.stringify(requestUpload.errors));
  const { media, url, method, headers } = upload;
  const response = await fetch(url, {
    method,
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
    body: new Uint8Array(content),
  });
  if (!response.ok) throw new Error(`the upload was refused: ${response.status} ${await response.text()}`);
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await person.client.data<{ media: { status: string } }>(
      'query ($id: ID!) { media(id: $id) { status } }',
      { id: media.id },
    );
    if (found.media.status === 'COMPLETED') return media.id;
    if (found.media.status === 'FAILED') break;
    await pause(50);
  }
  throw new Error('the picture did not become ready');
}
