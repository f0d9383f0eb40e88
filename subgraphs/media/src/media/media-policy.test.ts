import { describe, expect, it } from 'vitest';
import type { MediaFile } from './media.ts';
import { isAttachable, mayBe, maySee } from './media-policy.ts';

const now = new Date('2026-11-25T12:00:00Z');
const file: MediaFile = {
  id: 'f'.repeat(24),
  ownerId: 'ada',
  kind: 'Image',
  category: 'post',
  status: 'Completed',
  mimeType: 'image/jpeg',
  sizeBytes: 1,
  width: 1,
  height: 1,
  aspectRatio: '1:1',
  duration: null,
  blurPlaceholder: null,
  altText: null,
  description: null,
  tags: [],
  originalName: 'a.jpg',
  storagePath: 'a',
  variants: [],
  isPublic: false,
  isDeleted: false,
  expiresAt: null,
  uploadExpiresAt: null,
  uploadedAt: now,
  problem: null,
  processingStartedAt: null,
  processingAttempts: 1,
  version: 1,
};

describe('who may see a file that they were referred to', () => {
  it.each<[string, Partial<MediaFile>, string | undefined, boolean, boolean]>([
    ['its owner', {}, 'ada', false, true],
    ['its owner, before it is ready', { status: 'Pending' }, 'ada', false, true],
    ['its owner, when it failed', { status: 'Failed' }, 'ada', false, true],
    ['its owner, once it is deleted', { isDeleted: true }, 'ada', false, false],
    ['somebody else', {}, 'bob', false, true],
    ['somebody who is not logged in', {}, undefined, false, true],
    ['somebody else, before it is ready', { status: 'Processing' }, 'bob', false, false],
    ['somebody else, when it failed', { status: 'Failed' }, 'bob', false, false],
    ['somebody else, once it is deleted', { isDeleted: true }, 'bob', false, false],
    ['somebody across a block', {}, 'bob', true, false],
    ['somebody across a block, though it is public', { isPublic: true }, 'bob', true, false],
  ])('%s', (_who, change, viewerId, isBlocked, expected) => {
    expect(maySee({ ...file, ...change }, { viewerId, isBlocked })).toBe(expected);
  });
});

describe('what a file may be', () => {
  it.each(['Image', 'Video', 'Audio', 'Document'] as const)(
    '%s: anything private, of public ones pictures alone',
    (kind) => {
      for (const category of ['post', 'chat', 'document', 'other'] as const) expect(mayBe(kind, category)).toBe(true);
      expect(mayBe(kind, 'profile')).toBe(kind === 'Image');
    },
  );
});

describe('whether a file may be attached', () => {
  it.each<[string, Partial<MediaFile>, boolean]>([
    ['ready and referred to', {}, true],
    ['ready and kept for a while', { expiresAt: new Date('2026-11-25T12:00:01Z') }, true],
    ['about to be swept', { expiresAt: now }, false],
    ['not ready', { status: 'Processing' }, false],
    ['failed', { status: 'Failed' }, false],
    ['deleted', { isDeleted: true }, false],
  ])('when it is %s', (_what, change, expected) => {
    expect(isAttachable({ ...file, ...change }, now)).toBe(expected);
  });
});
