import { describe, expect, it } from 'vitest';
import { DEFAULT_PEOPLE, FEWEST_PEOPLE, sampleWorld } from './world.ts';

const world = sampleWorld(DEFAULT_PEOPLE);
const { people, relations, posts, conversations } = world;
const keys = (pairs: readonly (readonly [number, number])[]) => pairs.map((pair) => [...pair].sort().join(':'));
const friends = new Set(keys(relations.friendships));
const blocked = new Set(keys(relations.blocks));
const key = (a: number, b: number) => [a, b].sort().join(':');

describe('the sample', () => {
  it('is the same every time', () => {
    expect(sampleWorld(DEFAULT_PEOPLE)).toEqual(world);
  });

  it('has what the tour and its readers are promised', () => {
    expect(people).toHaveLength(200);
    expect(posts).toHaveLength(2_000);
    expect(conversations).toHaveLength(100);
    expect(people.slice(0, 3).map(({ username }) => username)).toEqual(['ada', 'grace', 'tomas_r']);
    expect(posts.filter(({ poll }) => poll).length).toBeGreaterThan(50);
    expect(posts.filter(({ picture }) => picture).length).toBeGreaterThan(30);
    expect(posts.filter(({ text }) => text.includes('#')).length).toBeGreaterThan(800);
    expect(relations.blocks.length).toBeGreaterThan(3);
  });

  it('gives everybody names that registration takes', () => {
    const usernames = people.map(({ username }) => username);
    expect(new Set(usernames).size).toBe(200);
    for (const username of usernames) expect(username).toMatch(/^[a-z0-9_]{3,50}$/);
    for (const { tagline, bio } of people) expect([tagline.length <= 100, bio.length <= 500]).toEqual([true, true]);
  });

  it('relates two people in one way only', () => {
    const { follows, requests, friendships, blocks } = relations;
    const all = keys([...friendships, ...requests, ...follows, ...blocks]);
    expect(new Set(all).size).toBe(all.length);
    for (const [a, b] of [...friendships, ...requests, ...follows, ...blocks]) expect(a).not.toBe(b);
  });

  it('lets nobody touch a post that they may not see', () => {
    for (const { author, visibility, comments, reactions, poll } of posts) {
      const touching = [...comments.map((comment) => comment.author), ...reactions.map(([who]) => who)];
      for (const who of [...touching, ...(poll?.votes.map(([voter]) => voter) ?? [])]) {
        expect(who).not.toBe(author);
        expect(blocked.has(key(who, author))).toBe(false);
        if (visibility === 'Friends') expect(friends.has(key(who, author))).toBe(true);
      }
    }
  });

  it('lets nothing happen before what it answers, or in the future', () => {
    for (const post of posts) {
      expect(people[post.author]?.joinedMinutesAgo).toBeGreaterThan(post.minutesAgo);
      for (const { minutesAgo, reply } of post.comments) {
        expect(minutesAgo).toBeLessThan(post.minutesAgo);
        if (reply) expect(reply.minutesAgo).toBeLessThanOrEqual(minutesAgo);
        expect(Math.min(minutesAgo, reply?.minutesAgo ?? 0)).toBeGreaterThanOrEqual(0);
      }
    }
    for (const { messages } of conversations) {
      const times = messages.map(({ minutesAgo }) => minutesAgo);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    }
  });

  it('has friends talk to friends, the two of the tour last', () => {
    for (const { group, members } of conversations.slice(0, -2)) {
      const [owner = -1, ...rest] = members;
      expect(new Set(members).size).toBe(members.length);
      for (const member of rest) expect(friends.has(key(owner, member))).toBe(true);
      if (!group) expect(members).toHaveLength(2);
    }
    expect(conversations.at(-1)?.members).toEqual([0, 1]);
    const direct = conversations
      .filter(({ group }) => !group)
      .map(({ members }) => key(members[0] ?? 0, members[1] ?? 0));
    expect(new Set(direct).size).toBe(direct.length);
  });

  it.each([FEWEST_PEOPLE, 37, 1_000])('scales to %i people', (count) => {
    const other = sampleWorld(count);
    expect([other.people.length, other.posts.length]).toEqual([count, count * 10]);
    expect(other.people[0]?.username).toBe('ada');
  });
});
