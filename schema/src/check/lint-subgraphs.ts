import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { SubgraphRegistration } from '../subgraphs.ts';

/** A place in a subgraph's SDL that doesn't keep to the rules. */
export interface LintFinding {
  /** From the root. */
  readonly file: string;
  readonly line: number;
  /** The rule's name, without its plugin's. */
  readonly rule: string;
  readonly message: string;
}

const linter = createRequire(import.meta.url).resolve('@postbook/graphql-lint/lint');

/** Lints one subgraph in a process of its own: the plugin keeps the first schema it sees for good. */
async function lintSubgraph(root: string, { name, folder }: SubgraphRegistration): Promise<LintFinding[]> {
  const child = spawn(process.execPath, [linter, '--json'], {
    cwd: join(root, folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  try {
    const findings = JSON.parse(stdout) as LintFinding[];
    return findings.map((finding) => ({ ...finding, file: `${folder}/${finding.file}` }));
  } catch (cause) {
    throw new Error(`The linter failed on ${name}: ${stderr.trim() || stdout.trim()}`, { cause });
  }
}

/** Lints the SDL of subgraphs; the rules are in packages/graphql-lint. */
export async function lintSubgraphs(
  root: string,
  registrations: readonly SubgraphRegistration[],
): Promise<LintFinding[]> {
  return (await Promise.all(registrations.map((registration) => lintSubgraph(root, registration)))).flat();
}
