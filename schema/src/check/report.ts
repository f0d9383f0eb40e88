import type { CheckedOperation } from './check-operations.ts';
import { countProblems, type SchemaReport, unacceptedChanges } from './check-schema.ts';
import { bullets, code, count, folded, table } from './markdown.ts';
import type { SchemaChange, Severity } from './schema-change.ts';

/** More harmless changes than this are folded away. */
const SHOWN_SAFE_CHANGES = 15;

const HEADINGS: Readonly<Record<Severity, string>> = {
  breaking: 'Breaking',
  dangerous: 'Dangerous',
  safe: 'Safe',
};

function composition({ subgraphs, compositionErrors }: SchemaReport): string {
  const names = subgraphs.map(code).join(', ');
  if (compositionErrors.length === 0) return `${count(subgraphs.length, 'subgraph')} compose: ${names}.`;
  return `${names} don't compose:\n\n${bullets(compositionErrors)}`;
}

function changeTable(changes: readonly SchemaChange[], severity: Severity): string {
  const isBreaking = severity === 'breaking';
  const rows = changes
    .toSorted((a, b) => a.type.localeCompare(b.type, 'en') || a.path.localeCompare(b.path, 'en'))
    .map(({ type, path, message, usedBy, accepted }) => [
      code(type),
      code(path),
      message,
      usedBy.map(code).join(', ') || '–',
      ...(isBreaking ? [accepted ? `${accepted.date}: ${accepted.reason}` : '**no**'] : []),
    ]);
  return table(['type', 'path', 'change', 'operations in use', ...(isBreaking ? ['accepted'] : [])], rows);
}

function changesOf(changes: readonly SchemaChange[], severity: Severity): string[] {
  const some = changes.filter((change) => change.severity === severity);
  if (some.length === 0) return [];
  const content = changeTable(some, severity);
  const isLong = severity === 'safe' && some.length > SHOWN_SAFE_CHANGES;
  const heading = `### ${HEADINGS[severity]} (${some.length})`;
  return [heading, isLong ? folded(count(some.length, 'change'), content) : content];
}

function acceptance({ acceptedMistakes, staleAccepted }: SchemaReport): string[] {
  const stale = staleAccepted.map(
    ({ type, path }) => `${code(type)} at ${code(path)} is accepted, but there is no such breaking change`,
  );
  const lines = [...acceptedMistakes, ...stale];
  return lines.length > 0 ? ['### Mistakes in `schema/accepted-changes.json`', bullets(lines)] : [];
}

function comparison(report: SchemaReport): string[] {
  const { release, changes, isReleaseTampered, compositionErrors } = report;
  if (!release) return ['## Changes', 'There is no release to compare with yet.', ...acceptance(report)];
  return [
    `## Changes since release ${release.number} of ${release.date}`,
    ...(isReleaseTampered
      ? ['**`schema/released` was edited by hand: only `npm run schema:release` writes it.**']
      : []),
    ...(changes.length === 0 ? [compositionErrors.length > 0 || isReleaseTampered ? 'Not known.' : 'None.'] : []),
    ...(['breaking', 'dangerous', 'safe'] as const).flatMap((severity) => changesOf(changes, severity)),
    ...acceptance(report),
  ];
}

/** `chats × 2, profiles` */
function callsText(calls: readonly string[]): string {
  const byName = Map.groupBy(calls, (name) => name);
  return [...byName].map(([name, { length }]) => (length > 1 ? `${name} × ${length}` : name)).join(', ') || '–';
}

function operationRow({ name, kind, depth, cost, budget, calls, problems }: CheckedOperation): string[] {
  return [
    code(name),
    kind,
    `${depth}`,
    `${cost}`,
    `${budget}`,
    callsText(calls),
    problems.length > 0 ? '**no**' : 'yes',
  ];
}

function operationsOf({ operations, operationMistakes }: SchemaReport): string[] {
  const problems = operations.flatMap(({ file, problems: some }) => some.map((text) => `${code(file)}: ${text}`));
  const deprecations = operations.flatMap(({ file, deprecations: some }) =>
    some.map((text) => `${code(file)}: ${text}`),
  );
  const content = table(
    ['operation', 'kind', 'depth', 'cost', 'budget', 'calls', 'fine'],
    operations.map(operationRow),
  );
  return [
    '## Operations',
    ...(operationMistakes.length > 0 ? [bullets(operationMistakes)] : []),
    ...(problems.length > 0 ? ['### Problems', bullets(problems)] : []),
    ...(deprecations.length > 0 ? ['### Deprecations in use', bullets(deprecations)] : []),
    operations.length > 0 ? content : 'Not known.',
  ];
}

function lintOf({ lint }: SchemaReport): string[] {
  if (!lint) return [];
  const findings = lint.map(({ file, line, rule, message }) => `${code(`${file}:${line}`)} ${message} (${code(rule)})`);
  return ['## Lint', findings.length > 0 ? bullets(findings) : 'Nothing to say.'];
}

function nextSteps(report: SchemaReport): string[] {
  const { changes, release } = report;
  const steps: readonly (readonly [boolean, string])[] = [
    [report.compositionErrors.length > 0, 'Make the subgraphs fit together: nothing else is known until they compose.'],
    [report.isReleaseTampered, 'Restore `schema/released` from the main branch.'],
    [
      unacceptedChanges(report).length > 0,
      'Keep what was released and deprecate it (`@deprecated(reason: …)`), or list the change in `schema/accepted-changes.json` with `type`, `path`, `reason` and `date`.',
    ],
    [
      report.acceptedMistakes.length + report.staleAccepted.length > 0,
      'Mend `schema/accepted-changes.json`: each entry must belong to a breaking change of this report.',
    ],
    [
      report.operationMistakes.length > 0 || report.operations.some(({ problems }) => problems.length > 0),
      'Mend the operations in `schema/operations`, or the SDL that they no longer fit: ask for less, or for smaller pages.',
    ],
    [
      (report.lint ?? []).length > 0,
      'Mend the SDL where the linter says so; the rules are in `packages/graphql-lint`.',
    ],
  ];
  const needed = steps.filter(([isNeeded]) => isNeeded).map(([, text]) => text);
  if (needed.length > 0) return needed;
  if (!release) return ['Make the first release: `npm run schema:release`.'];
  return [changes.length > 0 ? 'Merge; once it is deployed, run `npm run schema:release`.' : 'Nothing.'];
}

/** The report as Markdown, for a terminal, a pull request or a job summary. */
export function renderReport(report: SchemaReport): string {
  const problems = countProblems(report);
  const verdict = problems === 0 ? '**Passed.**' : `**Failed**: ${count(problems, 'problem')}.`;
  const parts = [
    '# Schema check',
    verdict,
    '## Composition',
    composition(report),
    ...comparison(report),
    ...operationsOf(report),
    ...lintOf(report),
    '## What to do next',
    bullets(nextSteps(report)),
  ];
  return `${parts.join('\n\n')}\n`;
}
