import { bullets, code } from '../check/markdown.ts';
import type { SchemaChange, Severity } from '../check/schema-change.ts';
import type { Release } from './release-files.ts';

/** What stands above all releases. */
export const CHANGELOG_TITLE = '# Releases of the schema\n\nWritten by `npm run schema:release`, newest first.\n';

const TITLES: Readonly<Record<Severity, string>> = {
  breaking: 'Breaking',
  dangerous: 'May surprise',
  safe: 'Harmless',
};

const lineOf = ({ message, accepted }: SchemaChange) => (accepted ? `${message}. Why: ${accepted.reason}` : message);

function section(changes: readonly SchemaChange[], severity: Severity): string[] {
  const lines = changes.filter((change) => change.severity === severity).map(lineOf);
  return lines.length > 0 ? [`**${TITLES[severity]}**`, bullets(lines)] : [];
}

/** The changelog with a new release on top. */
export function addToChangelog(
  changelog: string | undefined,
  { number, date, subgraphs }: Pick<Release, 'number' | 'date' | 'subgraphs'>,
  changes: readonly SchemaChange[],
): string {
  const older = (changelog ?? CHANGELOG_TITLE).slice(CHANGELOG_TITLE.length);
  const content =
    number === 1
      ? [`The first release: ${[...subgraphs.keys()].map(code).join(', ')}.`]
      : (['breaking', 'dangerous', 'safe'] as const).flatMap((severity) => section(changes, severity));
  const shown = content.length > 0 ? content : ['Client operations alone.'];
  return `${CHANGELOG_TITLE}\n${[`## ${number} (${date})`, ...shown].join('\n\n')}\n${older}`;
}
