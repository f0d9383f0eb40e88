import { describe, expect, it } from 'vitest';
import { foldText, wordsOf } from './folded-text.ts';
import { hashtagsOf, parseTag } from './hashtags.ts';
import { namesMentioned } from './mentioned-names.ts';

describe('folded text', () => {
  it.each([
    ['Straße', 'STRASSE'],
    ['ＢＥＲＬＩＮ', 'berlin'],
    ['ΟΔΟΣ', 'οδος'],
    ['ﬁne', 'FINE'],
    ['İstanbul', 'i̇stanbul'],
  ])('%s is %s', (a, b) => {
    expect(foldText(a)).toBe(foldText(b));
  });

  it.each(['Straße', 'ΣΊΣΥΦΟΣ', 'İI', 'ǅ', 'ﬃ', 'ŉ', 'ᾳ', '℡', 'Ⅷ', 'ß', 'ſ'])(
    'folding %s twice changes nothing',
    (text) => {
      expect(foldText(foldText(text))).toBe(foldText(text));
    },
  );

  it('has its words', () => {
    expect(wordsOf('Guten Tag, Wien_1! नमस्ते')).toEqual(['guten', 'tag', 'wien_1', 'नमस्ते']);
  });
});

describe('hashtags', () => {
  it.each([
    ['in any case', '#Berlin and #BERLIN', ['berlin']],
    ['in all scripts', '#Москва #東京 #दिल्ली #القاهرة', ['москва', '東京', 'दिल्ली', 'القاهرة']],
    ['with digits and underscore', '#web_3 #2026', ['web_3', '2026']],
    ['after a full-width sign', '＃tokyo', ['tokyo']],
    ['before punctuation', '(#a), #b. #c!', ['a', 'b', 'c']],
    ['side by side', '#a#b', ['a']],
    ['not within words and addresses', 'C# x#y https://e.org/#top &#39;', []],
    ['not longer than 50 characters', `#${'x'.repeat(51)} #${'y'.repeat(50)}`, ['y'.repeat(50)]],
    ['not alone', '# #', []],
  ])('are found %s', (_how, content, tags) => {
    expect(hashtagsOf(content)).toEqual(tags);
  });

  it('are at most thirty', () => {
    expect(hashtagsOf(Array.from({ length: 40 }, (_, n) => `#t${n}`).join(' '))).toHaveLength(30);
  });

  it.each([
    ['#Berlin', 'berlin'],
    ['Berlin', 'berlin'],
    ['##x', undefined],
    ['a b', undefined],
    ['', undefined],
    ['ß'.repeat(26), undefined],
  ])('asked for as %j is %j', (text, tag) => {
    expect(parseTag(text)).toBe(tag);
  });
});

describe('mentions', () => {
  it.each([
    ['as they are written', 'Hi @Ada_L and @bob!', ['Ada_L', 'bob']],
    ['once, whatever the case', '@ada @ADA', ['ada']],
    ['not in addresses', 'ada@example.org https://e.org/@ada', []],
    ['not shorter than a username', '@ab @', []],
    ['not as a part of a longer name', `@${'x'.repeat(51)} @adaß`, []],
  ])('are found %s', (_how, content, names) => {
    expect(namesMentioned(content)).toEqual(names);
  });

  it('are at most fifty', () => {
    expect(namesMentioned(Array.from({ length: 60 }, (_, n) => `@user_${n}`).join(' '))).toHaveLength(50);
  });
});
