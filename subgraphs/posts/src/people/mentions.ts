import { type CardRepository, type PartialCard, type RelationRepository, STRANGERS } from '@postbook/people';
import type { Mention, Post } from '../post/post.ts';
import { mayMention, maySeePost, type PersonFacts, standingTo } from '../post/post-policy.ts';
import { namesMentioned } from '../text/mentioned-names.ts';

/** Decides who is mentioned by a text and who of them hears of it. */
export interface Mentions {
  /** People whom the author names and may mention, each once, as yet untold. */
  find(authorId: string, content: string): Promise<Mention[]>;
  /** Marks as told those who may see the post, and says who was not told before. */
  tell(
    post: Pick<Post, 'authorId' | 'visibility' | 'audience' | 'isDeleted'>,
    mentions: readonly Mention[],
    authorId: string,
  ): Promise<{ readonly mentions: Mention[]; readonly newlyTold: string[] }>;
}

/** Makes it, on the local copies: nobody else is asked while somebody writes. */
export function createMentions(
  cards: Pick<CardRepository, 'byIds' | 'byUsernames'>,
  relations: Pick<RelationRepository, 'between'>,
): Mentions {
  /** What the author is to others. Friendships and blocks are the same from both ends. */
  async function factsOf(authorId: string, people: readonly PartialCard[]): Promise<Map<string, PersonFacts>> {
    const between = await relations.between(
      authorId,
      people.map(({ userId }) => userId),
    );
    return new Map(
      people.map(({ userId, status }) => {
        const relation = between.get(userId) ?? STRANGERS;
        return [userId, { standing: standingTo(authorId, userId, relation), status, settings: relation.settings }];
      }),
    );
  }

  return {
    async find(authorId, content) {
      const names = namesMentioned(content);
      if (names.length === 0) return [];
      const people = await cards.byUsernames(names);
      const facts = await factsOf(authorId, people);
      const byName = new Map(people.map((card) => [card.username?.toLowerCase(), card.userId]));
      return names.flatMap((name): Mention[] => {
        const userId = byName.get(name.toLowerCase());
        const person = userId === undefined ? undefined : facts.get(userId);
        return userId !== undefined && person && mayMention(person) ? [{ userId, name, isTold: false }] : [];
      });
    },

    async tell(post, mentions, authorId) {
      // One's own name is no news.
      const untold = mentions.filter(({ isTold, userId }) => !isTold && userId !== authorId);
      if (untold.length === 0) return { mentions: [...mentions], newlyTold: [] };
      const people = await cards.byIds(untold.map(({ userId }) => userId));
      const facts = await factsOf(post.authorId, people);
      const newlyTold = untold.flatMap(({ userId }) => {
        const person = facts.get(userId);
        return person && maySeePost(userId, post, person) ? [userId] : [];
      });
      const told = new Set(newlyTold);
      return {
        mentions: mentions.map((mention) => (told.has(mention.userId) ? { ...mention, isTold: true } : mention)),
        newlyTold,
      };
    },
  };
}
