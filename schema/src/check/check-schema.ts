import { createCostEstimator, readCostRules } from '@postbook/service-kit';
import { buildSchema, parse } from 'graphql';
import {
  API_PATH,
  type ComposedFiles,
  CompositionError,
  composeSdl,
  SUPERGRAPH_PATH,
  subgraphSdlsOf,
} from '../compose.ts';
import { digestOf, type Release } from '../release/release-files.ts';
import { type AcceptedChange, applyAcceptedChanges, parseAcceptedChanges } from './accepted-changes.ts';
import { findApiChanges } from './api-changes.ts';
import { type CheckedOperation, checkOperations } from './check-operations.ts';
import { findFederationChanges } from './federation-changes.ts';
import type { LintFinding } from './lint-subgraphs.ts';
import { readClientOperations } from './operation-documents.ts';
import { createCallPlanner } from './operation-plans.ts';
import { coordinatesOf, nameUsers } from './operation-usage.ts';
import type { SchemaChange } from './schema-change.ts';
import type { SchemaWorkspace } from './schema-workspace.ts';

/** What the check found. Everything that makes it fail is in one of the lists of mistakes or problems. */
export interface SchemaReport {
  readonly subgraphs: readonly string[];
  /** Why the subgraphs don't compose; nothing but the lint is known then. */
  readonly compositionErrors: readonly string[];
  /** What was compared with; absent before the first release. */
  readonly release: Pick<Release, 'number' | 'date'> | undefined;
  /** The released files are not those that the release wrote. */
  readonly isReleaseTampered: boolean;
  readonly changes: readonly SchemaChange[];
  readonly acceptedMistakes: readonly string[];
  /** Accepted changes that don't happen. */
  readonly staleAccepted: readonly AcceptedChange[];
  readonly operations: readonly CheckedOperation[];
  readonly operationMistakes: readonly string[];
  /** Absent when the lint was left to others. */
  readonly lint: readonly LintFinding[] | undefined;
}

async function findChanges(release: Release, files: ComposedFiles): Promise<SchemaChange[]> {
  const released = buildSchema(release.api);
  const api = await findApiChanges(released, buildSchema(files.get(API_PATH) ?? ''));
  const removed = new Set(api.filter(({ type }) => type === 'FIELD_REMOVED').map(({ path }) => path));
  const federation = findFederationChanges(release.subgraphs, subgraphSdlsOf(files), removed);
  const used = readClientOperations(release.operations).operations.map(
    ({ name, document }) => [name, coordinatesOf(released, document)] as const,
  );
  return nameUsers([...api, ...federation], new Map(used));
}

function tryCompose({ subgraphs }: SchemaWorkspace): ComposedFiles | CompositionError {
  try {
    return composeSdl(subgraphs);
  } catch (error) {
    if (error instanceof CompositionError) return error;
    throw error;
  }
}

/**
 * Composes the subgraphs, compares the result with the release, and checks every client operation against it.
 *
 * @param lint what the linter found, if it was asked.
 */
export async function checkSchema(
  workspace: SchemaWorkspace,
  lint?: readonly LintFinding[] | undefined,
): Promise<SchemaReport> {
  const { release } = workspace;
  const isReleaseTampered = release !== undefined && digestOf(release) !== release.digest;
  const files = tryCompose(workspace);
  const accepted = parseAcceptedChanges(workspace.acceptedChanges);
  const clients = readClientOperations(workspace.operations);
  const report = {
    subgraphs: workspace.subgraphs.map(({ name }) => name),
    compositionErrors: [],
    release: release && { number: release.number, date: release.date },
    isReleaseTampered,
    changes: [],
    acceptedMistakes: accepted.mistakes,
    staleAccepted: [],
    operations: [],
    operationMistakes: clients.mistakes,
    lint,
  };
  if (files instanceof CompositionError) return { ...report, compositionErrors: files.message.split('\n') };

  // What was edited by hand says nothing about what was released.
  const found = release && !isReleaseTampered ? await findChanges(release, files) : [];
  const { changes, stale } = applyAcceptedChanges(found, isReleaseTampered ? [] : accepted.entries);
  const api = buildSchema(files.get(API_PATH) ?? '');
  const supergraph = files.get(SUPERGRAPH_PATH) ?? '';
  const estimate = createCostEstimator(api, { rules: readCostRules(parse(supergraph)) });
  const callsOf = createCallPlanner(supergraph);
  const operations = checkOperations(clients.operations, { api, estimate, callsOf });
  return { ...report, changes, staleAccepted: stale, operations };
}

/** Breaking changes that nobody has accepted. */
export const unacceptedChanges = ({ changes }: SchemaReport): SchemaChange[] =>
  changes.filter(({ severity, accepted }) => severity === 'breaking' && !accepted);

/** How many things have to be mended before the graph may be merged. */
export function countProblems(report: SchemaReport): number {
  return [
    report.compositionErrors,
    report.isReleaseTampered ? ['tampered'] : [],
    unacceptedChanges(report),
    report.acceptedMistakes,
    report.staleAccepted,
    report.operationMistakes,
    report.operations.flatMap(({ problems }) => problems),
    report.lint ?? [],
  ].reduce((sum, problems) => sum + problems.length, 0);
}
