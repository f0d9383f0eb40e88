import { globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from '../paths.ts';

/** A test, or a whole file that could not be run. */
export interface FailedTest {
  /** From the project's root. */
  readonly file: string;
  readonly name: string;
  /** The beginning of what the test said. */
  readonly message: string;
}

/** What all test files of the workspace came to. */
export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly FailedTest[];
}

/** The part of vitest's JSON report that is read. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** Lines of a failure that are kept: enough to tell an assertion from a time-out and to find the place. */
const MESSAGE_LINES = 8;

const reportFiles = () =>
  globSync('{packages,subgraphs}/*/.vitest/report.json', { cwd: root }).concat(
    globSync('{gateway,db,schema,scripts}/.vitest/report.json', { cwd: root }),
  );

/** Forgets the last run, so that a package that doesn't report isn't counted. */
export function clearReports(): void {
  for (const file of reportFiles()) rmSync(dirname(join(root, file)), { recursive: true, force: true });
}

const firstLines = (text: string) => text.split('\n').slice(0, MESSAGE_LINES).join('\n');

/** The tests of a report that failed, and the files that failed as a whole. */
export function failuresOf(report: Pick<Report, 'testResults'>): FailedTest[] {
  return report.testResults.flatMap(({ name, status, message = '', assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && status === 'failed') {
      return [{ file, name: 'the file could not be run', message: firstLines(message) }];
    }
    return failed.map((test) => ({
      file,
      name: test.fullName,
      message: firstLines((test.failureMessages ?? []).join('\n')),
    }));
  });
}

/** Adds up what vitest wrote in every package. */
export function addUpReports(): TestTotals {
  const reports = reportFiles().map((file) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Report);
  const sum = (count: (report: Report) => number) => reports.reduce((total, report) => total + count(report), 0);
  return {
    passed: sum((report) => report.numPassedTests),
    failed: sum((report) => report.numFailedTests),
    skipped: sum((report) => report.numPendingTests + report.numTodoTests),
    failures: reports.flatMap(failuresOf),
  };
}
