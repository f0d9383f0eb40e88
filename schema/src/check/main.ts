import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { subgraphs, workspaceRoot } from '../subgraphs.ts';
import { checkSchema, countProblems } from './check-schema.ts';
import { lintSubgraphs } from './lint-subgraphs.ts';
import { renderReport } from './report.ts';
import { readSchemaWorkspace } from './schema-workspace.ts';

// `npm run schema:check`: the whole check, as Markdown. Fails when a problem has to be mended.
//   --report FILE   writes the report there too, for the summary of a CI job
//   --skip-lint     leaves the lint to the subgraphs' own `lint` scripts, as `npm test` does
//   --root FOLDER   checks another checkout, or a copy of its SDL and its schema folder
const { values: options } = parseArgs({
  options: {
    report: { type: 'string' },
    'skip-lint': { type: 'boolean', default: false },
    root: { type: 'string', default: workspaceRoot },
  },
});
const lint = options['skip-lint'] ? undefined : lintSubgraphs(options.root, subgraphs);
const report = await checkSchema(readSchemaWorkspace(options.root), await lint);
const markdown = renderReport(report);
if (options.report !== undefined) writeFileSync(options.report, markdown);
process.stdout.write(markdown);
process.exitCode = countProblems(report) > 0 ? 1 : 0;
