import { ConfigError } from '@postbook/service-kit';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';

const least = {
  MONGODB_URL: 'mongodb://127.0.0.1:27017',
  REDIS_URL: 'redis://127.0.0.1:6379',
  INTERNAL_IDENTITY_SECRET: 'a secret of tests that has more than 32 characters',
};
const s3 = {
  S3_ENDPOINT: 'https://s3.example',
  S3_BUCKET: 'media',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'secret',
};

describe('where blobs are kept', () => {
  it('is the folder, or the bucket when one is named', () => {
    expect(loadConfig({ ...least, MEDIA_DIR: '/data' }).storage).toEqual({ kind: 'Local', folder: '/data' });
    expect(loadConfig({ ...least, ...s3, MEDIA_DIR: '/data' }).storage).toEqual({
      kind: 'S3',
      endpoint: 'https://s3.example',
      bucket: 'media',
      region: 'us-east-1',
      accessKeyId: 'key',
      secretAccessKey: 'secret',
    });
  });

  it('must be told', () => {
    expect(() => loadConfig(least)).toThrow(/MEDIA_DIR: is missing/);
  });

  it.each(Object.keys(s3))('must be told in full: without %s nothing is written to a disk instead', (name) => {
    const { [name as keyof typeof s3]: _left, ...rest } = s3;
    expect(() => loadConfig({ ...least, ...rest, MEDIA_DIR: '/data' })).toThrow(ConfigError);
  });
});

describe('what signs URLs', () => {
  it('is derived from the secret of calls unless it is given, and is another one', () => {
    const derived = loadConfig({ ...least, MEDIA_DIR: '/data' }).signingSecret;
    expect(derived).toBe(loadConfig({ ...least, MEDIA_DIR: '/data' }).signingSecret);
    expect(derived).not.toContain('secret of tests');
    const given = 'another secret that has more than 32 characters';
    expect(loadConfig({ ...least, MEDIA_DIR: '/data', MEDIA_SIGNING_SECRET: given }).signingSecret).toBe(given);
  });
});

describe('what URLs begin with', () => {
  it('has no slash at its end', () => {
    const config = loadConfig({ ...least, MEDIA_DIR: '/data', MEDIA_PUBLIC_URL: 'https://media.example/' });
    expect(config.publicUrl).toBe('https://media.example');
  });
});
