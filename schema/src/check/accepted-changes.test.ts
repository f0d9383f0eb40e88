import { describe, expect, it } from 'vitest';
import { parseAcceptedChanges } from './accepted-changes.ts';

const entry = { type: 'FIELD_REMOVED', path: 'User.x', reason: 'No client ever asked for it.', date: '2026-11-25' };

describe('the list of accepted changes', () => {
  it('is read as it is', () => {
    expect(parseAcceptedChanges('[]')).toEqual({ entries: [], mistakes: [] });
    expect(parseAcceptedChanges(JSON.stringify([entry]))).toEqual({ entries: [entry], mistakes: [] });
  });

  it.each<[string, unknown, string]>([
    ['that is no list', entry, 'must be a list of objects'],
    ['of anything', ['User.x'], 'must be a list of objects'],
    ['without a path', [{ ...entry, path: '' }], 'entry 1: needs text for "path"'],
    ['without a reason', [{ ...entry, reason: undefined }], 'entry 1: needs text for "reason"'],
    ['with a word for a reason', [{ ...entry, reason: 'fine' }], 'entry 1: "reason" needs a sentence (20 characters)'],
    ['with a date that is none', [{ ...entry, date: '2026-02-30' }], 'entry 1: "date" must be a day as YYYY-MM-DD'],
    ['with what nobody reads', [entry, { ...entry, until: 'soon' }], 'entry 2: unknown "until"'],
  ])('%s is refused', (_what, list, mistake) => {
    expect(parseAcceptedChanges(JSON.stringify(list))).toEqual({ entries: [], mistakes: [mistake] });
  });

  it('that is not JSON is refused', () => {
    expect(parseAcceptedChanges('[,]').mistakes).toEqual([expect.stringContaining('not JSON')]);
  });
});
