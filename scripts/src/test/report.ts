import { globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../paths.ts';

/** What all test files of the workspace came to. */
export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const reportFiles = () =>
  globSync('{packages,subgraphs}/*/.vitest/report.json', { cwd: root }).concat(
    globSync('{gateway,db,schema,scripts}/.vitest/report.json', { cwd: root }),
  );

/** Forgets the last run, so that a package that doesn't report isn't counted. */
export function clearReports(): void {
  for (const file of reportFiles()) rmSync(dirname(join(root, file)), { recursive: true, force: true });
}

/** Adds up what vitest wrote in every package. */
export function addUpReports(): TestTotals {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const file of reportFiles()) {
    const report = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
      numTodoTests: number;
    };
    totals.passed += report.numPassedTests;
    totals.failed += report.numFailedTests;
    totals.skipped += report.numPendingTests + report.numTodoTests;
  }
  return totals;
}
