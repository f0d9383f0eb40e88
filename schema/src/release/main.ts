import { parseArgs } from 'node:util';
import { lintSubgraphs } from '../check/lint-subgraphs.ts';
import { renderReport } from '../check/report.ts';
import { ACCEPTED_CHANGES_PATH } from '../check/schema-workspace.ts';
import { subgraphs, workspaceRoot } from '../subgraphs.ts';
import { RELEASED_FOLDER } from './release-files.ts';
import { type ReleaseOutcome, releaseSchema } from './release-schema.ts';

/** What the person at the terminal reads. */
function textOf(outcome: ReleaseOutcome): string {
  switch (outcome.kind) {
    case 'refused':
      return `${renderReport(outcome.report)}\nNothing was released: the check failed, see above.\n`;
    case 'drifted':
      return `Nothing was released: ${outcome.paths.join(', ')} are out of date. Run "npm run compose" first.\n`;
    case 'unchanged':
      return `Nothing changed since release ${outcome.number}.\n`;
    case 'released':
      return [
        `Release ${outcome.number}: wrote ${outcome.paths.length} files in ${RELEASED_FOLDER}, and`,
        `emptied ${ACCEPTED_CHANGES_PATH}; the reasons went on to ${RELEASED_FOLDER}/CHANGELOG.md.`,
        'Next: commit them. From now on "npm run schema:check" compares with this release. Publish the subgraphs to',
        'Apollo Studio if you use it, and the typed documents to your front ends (docs/schema.md).',
        '',
      ].join('\n');
    default:
      return outcome satisfies never;
  }
}

// `npm run schema:release`: makes the graph at hand the released one. --root FOLDER: of another checkout.
const { values: options } = parseArgs({ options: { root: { type: 'string', default: workspaceRoot } } });
const today = new Date().toISOString().slice(0, 10);
const outcome = await releaseSchema(options.root, today, await lintSubgraphs(options.root, subgraphs));
process.stdout.write(textOf(outcome));
process.exitCode = outcome.kind === 'refused' || outcome.kind === 'drifted' ? 1 : 0;
