import { describe, expect, it } from 'vitest';
import { hasWords, searchTextOf } from './search-text.ts';

describe('searchTextOf', () => {
  it('folds case and space, and takes the words apart', () => {
    expect(searchTextOf('  Ada   LOVE-lace ')).toMatchObject({
      prefix: 'ada love-lace',
      words: ['ada', 'love', 'lace'],
    });
  });

  it('ends the range of a beginning after every text that has it', () => {
    const { prefix, prefixEnd } = searchTextOf('zoë');
    const isWithin = (text: string) => text >= prefix && text < prefixEnd;
    expect(['zoê', 'zoë', 'zoë\u{1F98A}', 'zoëzzz', 'zoì'].map(isWithin)).toEqual([false, true, true, true, false]);
  });

  it.each(['', 'a', ' a ', 'x'.repeat(101)])('refuses %j', (query) => {
    expect(() => searchTextOf(query)).toThrow('2 to 100');
  });

  it('has no words where there are only signs', () => {
    expect(searchTextOf('"-"').words).toEqual([]);
  });
});

describe('hasWords', () => {
  it('wants all words, in any of the texts and in any case', () => {
    expect(hasWords(['ada', 'writer'], 'Ada Lovelace', 'A writer.')).toBe(true);
    expect(hasWords(['ada', 'admiral'], 'Ada Lovelace', 'A writer.')).toBe(false);
    expect(hasWords(['love'], 'Ada Lovelace', null)).toBe(false);
  });
});
