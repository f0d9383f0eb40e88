import { UnavailableError } from '@postbook/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttachmentRule, createAttachments } from '../src/index.ts';
import { type MediaOwner, startMediaOwner } from '../src/testing/index.ts';

const secret = 'a secret of tests that has more than 32 characters';
const rule: AttachmentRule = { ownerId: 'ada', kinds: ['Image'], maximum: 3 };

describe('files to be attached', () => {
  let media: MediaOwner;
  beforeAll(async () => {
    media = await startMediaOwner(secret);
    media.files.set('mine', { ownerId: 'ada' });
    media.files.set('avatar', { ownerId: 'ada', category: 'PROFILE', publicUrl: 'http://media.example/a.webp' });
    media.files.set('raw', { ownerId: 'ada', isReady: false });
    media.files.set('song', { ownerId: 'ada', kind: 'AUDIO' });
    media.files.set('theirs', { ownerId: 'bob' });
  });
  afterAll(() => media.stop());

  const check = (mediaIds: readonly string[], rules: Partial<AttachmentRule> = {}) =>
    createAttachments({ mediaUrl: media.url, secret, service: 'posts' }).check(
      mediaIds,
      { ...rule, ...rules },
      'mediaIds',
    );

  it('are told in the order they were named', async () => {
    expect(await check(['avatar', 'mine'])).toEqual({
      mistakes: [],
      files: [
        {
          mediaId: 'avatar',
          ownerId: 'ada',
          kind: 'Image',
          category: 'Profile',
          isReady: true,
          publicUrl: 'http://media.example/a.webp',
        },
        { mediaId: 'mine', ownerId: 'ada', kind: 'Image', category: 'Post', isReady: true, publicUrl: null },
      ],
    });
    expect(await check([])).toEqual({ files: [], mistakes: [] });
  });

  it.each<[string, readonly string[], Partial<AttachmentRule>, string, readonly string[]]>([
    ['somebody else’s', ['mine', 'theirs'], {}, 'NOT_FOUND', ['input', 'mediaIds', '1']],
    ['unknown', ['none'], {}, 'NOT_FOUND', ['input', 'mediaIds', '0']],
    ['not ready', ['raw'], {}, 'NOT_ALLOWED', ['input', 'mediaIds', '0']],
    ['of another kind', ['song'], {}, 'INVALID_FORMAT', ['input', 'mediaIds', '0']],
    [
      'uploaded for something else',
      ['mine'],
      { categories: ['Profile'] },
      'INVALID_FORMAT',
      ['input', 'mediaIds', '0'],
    ],
    ['named twice', ['mine', 'mine'], {}, 'ALREADY_DONE', ['input', 'mediaIds', '1']],
    ['too many', ['a', 'b', 'c', 'd'], {}, 'TOO_LONG', ['input', 'mediaIds']],
  ])('are refused when one is %s', async (_what, ids, rules, code, path) => {
    const { files, mistakes } = await check(ids, rules);
    expect(files).toEqual([]);
    expect(mistakes).toEqual([expect.objectContaining({ code, path })]);
  });

  it('are not attached unchecked while media is away', async () => {
    const away = createAttachments({ mediaUrl: 'http://127.0.0.1:1/graphql', secret, service: 'posts' });
    await expect(away.check(['mine'], rule, 'mediaIds')).rejects.toThrow(UnavailableError);
  });
});
