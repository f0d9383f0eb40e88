import { describe, expect, it } from 'vitest';
import { checkAnswers, firstDifference } from './check-answers.ts';

const answer = { data: { post: { id: 'p1', likes: [1, 2] } } };

describe('answers', () => {
  it('that say the same are equal, in whatever order', () => {
    const text = '{"data":{"post":{"likes":[1,2],"id":"p1"}}}';
    expect(checkAnswers([{ text, expected: answer }])).toEqual({ isEqual: true, padding: 0 });
  });

  it('may all have the same bytes more, which is remembered for telling wrong sizes', () => {
    const text = `${JSON.stringify(answer)}\n`;
    expect(checkAnswers([{ text, expected: answer }])).toEqual({ isEqual: true, padding: 1 });
  });

  it('of changing padding are refused: their sizes would say nothing', () => {
    const texts = [JSON.stringify(answer), JSON.stringify(answer, null, 1)];
    expect(checkAnswers(texts.map((text) => ({ text, expected: answer })))).toEqual({
      isEqual: false,
      difference: 'answers are padded now this way, now that way',
    });
  });

  it('that are no JSON differ', () => {
    expect(checkAnswers([{ text: '<html>', expected: answer }])).toEqual({
      isEqual: false,
      difference: 'answer is "no JSON: <html>", not {"data":{"post":{"id":"p1","likes":[1,2]}}}',
    });
  });
});

describe('the first difference', () => {
  it.each<[string, unknown, string]>([
    ['a value', { data: { post: { id: 'p2', likes: [1, 2] } } }, 'answer.data.post.id is "p2", not "p1"'],
    ['a missing element', { data: { post: { id: 'p1', likes: [1] } } }, 'answer.data.post.likes.1 is nothing, not 2'],
    ['another shape', { data: { post: { id: 'p1', likes: {} } } }, 'answer.data.post.likes is {}, not [1,2]'],
    ['more than was asked for', { ...answer, errors: [] }, 'answer.errors is [], not nothing'],
  ])('is found at %s', (_what, actual, difference) => {
    expect(firstDifference(answer, actual)).toBe(difference);
  });

  it('of equals is none', () => {
    expect(firstDifference(answer, structuredClone(answer))).toBeUndefined();
  });
});
