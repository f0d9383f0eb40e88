import { describe, expect, it } from 'vitest';
import type { SchemaReport } from './check-schema.ts';
import { renderReport } from './report.ts';
import type { SchemaChange, Severity } from './schema-change.ts';

const change = (severity: Severity, type: string, path: string, message: string): SchemaChange => ({
  severity,
  type,
  path,
  message,
  usedBy: [],
});

const fine: SchemaReport = {
  subgraphs: ['a', 'b'],
  compositionErrors: [],
  release: { number: 3, date: '2026-11-25' },
  isReleaseTampered: false,
  changes: [],
  acceptedMistakes: [],
  staleAccepted: [],
  operations: [],
  operationMistakes: [],
  lint: [],
};

describe('the report', () => {
  it('says what changed by what it does, then by type, then by place', () => {
    const text = renderReport({
      ...fine,
      changes: [
        change('safe', 'FIELD_ADDED', 'A.z', 'z came'),
        change('breaking', 'FIELD_REMOVED', 'A.b', 'b went'),
        change('dangerous', 'ENUM_VALUE_ADDED', 'E.X', 'x | y'),
        {
          ...change('breaking', 'FIELD_REMOVED', 'A.a', 'a went'),
          usedBy: ['Me', 'You'],
          accepted: { type: '', path: '', reason: 'Nobody asks.', date: '2026-11-20' },
        },
        change('safe', 'FIELD_ADDED', 'A.y', 'y came'),
      ],
    });
    const section = text.slice(text.indexOf('## Changes'), text.indexOf('## Operations'));
    expect(section).toBe(
      [
        '## Changes since release 3 of 2026-11-25',
        '### Breaking (2)',
        [
          '| type | path | change | operations in use | accepted |',
          '| --- | --- | --- | --- | --- |',
          '| `FIELD_REMOVED` | `A.a` | a went | `Me`, `You` | 2026-11-20: Nobody asks. |',
          '| `FIELD_REMOVED` | `A.b` | b went | – | **no** |',
        ].join('\n'),
        '### Dangerous (1)',
        [
          '| type | path | change | operations in use |',
          '| --- | --- | --- | --- |',
          '| `ENUM_VALUE_ADDED` | `E.X` | x \\| y | – |',
        ].join('\n'),
        '### Safe (2)',
        [
          '| type | path | change | operations in use |',
          '| --- | --- | --- | --- |',
          '| `FIELD_ADDED` | `A.y` | y came | – |',
          '| `FIELD_ADDED` | `A.z` | z came | – |',
        ].join('\n'),
        '',
      ].join('\n\n'),
    );
    expect(text).toContain('**Failed**: 1 problem.');
  });

  it('folds many harmless changes away', () => {
    const changes = Array.from({ length: 16 }, (_, index) => change('safe', 'FIELD_ADDED', `A.f${index}`, 'came'));
    expect(renderReport({ ...fine, changes })).toContain('<details>\n<summary>16 changes</summary>\n\n| type |');
  });

  it('counts the calls of each subgraph', () => {
    const operation = { kind: 'query', depth: 2, budget: 9, problems: [], deprecations: [] } as const;
    const calls = ['a', 'b', 'b'];
    const text = renderReport({
      ...fine,
      operations: [{ ...operation, name: 'Q', file: 'Q.graphql', cost: 4, calls }],
    });
    expect(text).toContain('| `Q` | query | 2 | 4 | 9 | a, b × 2 | yes |');
  });

  it('says of nothing else when the subgraphs don’t compose', () => {
    const text = renderReport({ ...fine, compositionErrors: ['A.x: Int here, String there'] });
    expect(text).toContain("`a`, `b` don't compose:\n\n- A.x: Int here, String there");
    expect(text).toContain('## Changes since release 3 of 2026-11-25\n\nNot known.');
  });
});
