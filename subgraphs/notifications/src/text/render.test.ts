import { describe, expect, it } from 'vitest';
import { TEMPLATE_KEYS } from './catalogue.ts';
import { linkOf } from './links.ts';
import { render } from './render.ts';

const rendering = { templateKey: 'LikePost', names: ['Ada'], actorCount: 1, groupCount: 1 };

describe('a text', () => {
  it.each<[string[], number, string]>([
    [['Ada'], 1, 'Ada reacted to your post.'],
    [['Ada', 'Bob'], 2, 'Ada and Bob reacted to your post.'],
    [['Ada', 'Bob', 'Eve'], 3, 'Ada, Bob and one other reacted to your post.'],
    [['Ada', 'Bob', 'Eve'], 12, 'Ada, Bob and 10 others reacted to your post.'],
    [['Ada'], 3, 'Ada and 2 others reacted to your post.'],
    [[], 1, 'Somebody reacted to your post.'],
    [[], 4, '4 people reacted to your post.'],
  ])('names %j of %i', (names, actorCount, text) => {
    expect(render({ ...rendering, names, actorCount }).text).toBe(text);
  });

  it.each(TEMPLATE_KEYS)('%s keeps within 100 and 500 characters, whoever they are', (templateKey) => {
    const name = 'x'.repeat(200);
    const { title, text } = render({ templateKey, names: [name, name, name], actorCount: 1e9, groupCount: 1e9 });
    expect(title.length).toBeLessThanOrEqual(100);
    expect(text.length).toBeLessThanOrEqual(500);
    expect(title).not.toBe('');
  });

  it.each([undefined, null, '', 'en', 'en-GB', 'EN', 'tlh', 'constructor'])('is English in %s', (language) => {
    expect(render(rendering, language).text).toBe('Ada reacted to your post.');
  });

  it('is a plain one when a newer build knows more', () => {
    expect(render({ ...rendering, templateKey: 'PollClosed' })).toEqual({
      title: 'News',
      text: 'There is something new for you.',
    });
  });
});

describe('a link', () => {
  const plain = { actionUrl: null, context: {} };
  it.each([
    [{ ...plain, related: { type: 'Post', id: 'p' } }, '/posts/p'],
    [{ ...plain, related: { type: 'Comment', id: 'c' }, context: { postId: 'p' } }, '/posts/p?comment=c'],
    [{ ...plain, related: { type: 'Comment', id: 'c' } }, '/comments/c'],
    [{ ...plain, related: { type: 'Message', id: 'm' }, context: { conversationId: 'v' } }, '/conversations/v'],
    [{ ...plain, related: { type: 'Message', id: 'm' } }, null],
    [{ ...plain, related: { type: 'Conversation', id: 'v' } }, '/conversations/v'],
    [{ ...plain, related: { type: 'FriendRequest', id: 'r' } }, '/friend-requests'],
    [{ ...plain, related: { type: 'User', id: 'u' } }, '/people/u'],
    [{ ...plain, related: { type: 'Media', id: 'f' } }, '/media/f'],
    [{ ...plain, related: null }, null],
    [{ actionUrl: '/settings/security', related: null, context: {} }, '/settings/security'],
  ] as const)('of %j leads to %s', (notification, link) => {
    expect(linkOf(notification)).toBe(link);
  });
});
