import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSchema, countProblems, type SchemaReport } from '../check/check-schema.ts';
import type { LintFinding } from '../check/lint-subgraphs.ts';
import { ACCEPTED_CHANGES_PATH, readSchemaWorkspace } from '../check/schema-workspace.ts';
import { API_PATH, composeSdl, driftOf, SUPERGRAPH_PATH, subgraphSdlsOf } from '../compose.ts';
import { readIfThere } from '../files.ts';
import { addToChangelog } from './changelog.ts';
import { digestOf, RELEASED_FOLDER, writeRelease } from './release-files.ts';

/** What came of a release. */
export type ReleaseOutcome =
  /** The check found problems: nothing was written. */
  | { readonly kind: 'refused'; readonly report: SchemaReport }
  /** The composed files are not what the SDL makes: nothing was written. */
  | { readonly kind: 'drifted'; readonly paths: readonly string[] }
  /** The release is what the SDL and the operations make already. */
  | { readonly kind: 'unchanged'; readonly number: number }
  /** Written; `paths` are the files within the released folder, from the root. */
  | { readonly kind: 'released'; readonly number: number; readonly paths: readonly string[] };

/**
 * Makes the graph at hand the released one, and empties the list of accepted changes: their reasons move on to the
 * changelog. Refuses what the check refuses.
 *
 * @param date the day of the release, as YYYY-MM-DD.
 * @param lint what the linter found.
 */
export async function releaseSchema(root: string, date: string, lint: readonly LintFinding[]): Promise<ReleaseOutcome> {
  const workspace = readSchemaWorkspace(root);
  const report = await checkSchema(workspace, lint);
  if (countProblems(report) > 0) return { kind: 'refused', report };

  const files = composeSdl(workspace.subgraphs);
  const drift = driftOf(files, root);
  if (drift.length > 0) return { kind: 'drifted', paths: drift };

  const graph = {
    api: files.get(API_PATH) ?? '',
    supergraph: files.get(SUPERGRAPH_PATH) ?? '',
    subgraphs: subgraphSdlsOf(files),
    operations: workspace.operations,
  };
  const digest = digestOf(graph);
  const { release: last } = workspace;
  if (last && last.digest === digest) return { kind: 'unchanged', number: last.number };

  const release = { ...graph, digest, date, number: (last?.number ?? 0) + 1 };
  const changelog = `${RELEASED_FOLDER}/CHANGELOG.md`;
  const text = addToChangelog(readIfThere(join(root, changelog)), release, report.changes);
  const paths = writeRelease(root, release);
  writeFileSync(join(root, changelog), text);
  writeFileSync(join(root, ACCEPTED_CHANGES_PATH), '[]\n');
  return { kind: 'released', number: release.number, paths: [...paths, changelog] };
}
