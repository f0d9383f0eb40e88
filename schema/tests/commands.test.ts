import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { branchOnDisk } from './support/branches.ts';

const sources = join(import.meta.dirname, '..', 'src');

/** A command composes and lints six services, and a test runs up to two of them, on a machine that may be busy. */
const PATIENCE = { timeout: 150_000 };

/** Runs a command over a throw-away branch. */
function run(command: 'check' | 'release', root: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(sources, command, 'main.ts'), '--root', root, ...args],
    { encoding: 'utf8', timeout: 60_000 },
  );
  return { status, stdout, stderr };
}

let branch: ReturnType<typeof branchOnDisk>;
beforeEach(() => {
  branch = branchOnDisk();
});
afterEach(() => branch.dispose());

const CHATS = 'subgraphs/chats/src/conversation/conversation.graphql';
const UNREAD = `  "How many messages you haven't read, over all conversations."\n  unreadMessageCount: Int`;
const read = (path: string) => readFileSync(join(branch.root, path), 'utf8');
const edit = (path: string, from: string, to: string) => branch.write(path, branch.edit(read(path), from, to));

describe('npm run schema:check', PATIENCE, () => {
  it('passes what is released, and writes its report to a file for the summary of a CI job', () => {
    const { status, stdout, stderr } = run('check', branch.root, '--report', join(branch.root, 'report.md'));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('# Schema check\n\n**Passed.**\n');
    expect(stdout).toContain('## Changes since release 7 of 2026-11-25\n\nNone.\n');
    expect(stdout).toMatch(/^\| `Me` \| query \| 4 \| 3 \| 1000 \| .+ \| yes \|$/m);
    expect(stdout).toContain('## Lint\n\nNothing to say.\n\n## What to do next\n\n- Nothing.\n');
    expect(read('report.md')).toBe(stdout);
  });

  it('passes an addition and says what comes next', () => {
    edit(CHATS, UNREAD, `${UNREAD}\n  "How many chats there are."\n  chatCount: Int`);
    const { status, stdout } = run('check', branch.root);
    expect(status).toBe(0);
    expect(stdout).toContain(
      "| `FIELD_ADDED` | `Query.chatCount` | Field 'chatCount' was added to object type 'Query' | – |",
    );
    expect(stdout).toContain('- Merge; once it is deployed, run `npm run schema:release`.');
  });

  it('fails on a removed field, saying where, who uses it and what to do', () => {
    edit(CHATS, UNREAD, '');
    const { status, stdout } = run('check', branch.root, '--skip-lint');
    expect(status).toBe(1);
    expect(stdout).toContain('**Failed**: 3 problems.');
    expect(stdout).toContain(
      "| `FIELD_REMOVED` | `Query.unreadMessageCount` | Field 'unreadMessageCount' was removed from object type 'Query' | `Me`, `Overview` | **no** |",
    );
    expect(stdout).toContain('- `Me.graphql`: Cannot query field "unreadMessageCount" on type "Query".');
    expect(stdout).toContain('- Keep what was released and deprecate it (`@deprecated(reason: …)`)');
    expect(stdout).not.toContain('## Lint');
  });

  it('fails on SDL that breaks a rule, saying where and which', () => {
    const additions = [
      'chatCount: Int',
      '"Named in another style."\n  group_count: Int',
      '"Deprecated without a reason."\n  headCount: Int @deprecated',
      '"A list that can’t be paged."\n  chats: ConversationConnection',
    ];
    edit(CHATS, UNREAD, `${UNREAD}\n  ${additions.join('\n  ')}`);
    const { status, stdout } = run('check', branch.root);
    const lines = read(CHATS).split('\n');
    const found = [...stdout.matchAll(new RegExp(`^- \`${CHATS}:(\\d+)\` .+ \\(\`(.+)\`\\)$`, 'gm'))];
    expect(found.map(([, line, rule]) => [lines[Number(line) - 1]?.trim(), rule])).toEqual([
      ['chatCount: Int', 'require-description'],
      ['group_count: Int', 'naming-convention'],
      ['headCount: Int @deprecated', 'require-deprecation-reason'],
      ['chats: ConversationConnection', 'relay-arguments'],
    ]);
    expect(status).toBe(1);
    expect(stdout).toContain('**Failed**: 4 problems.');
  });
});

describe('npm run schema:release', PATIENCE, () => {
  it('refuses what the check refuses, and shows its report', () => {
    edit(CHATS, UNREAD, '');
    branch.compose();
    const { status, stdout } = run('release', branch.root);
    expect(status).toBe(1);
    expect(stdout).toContain('**Failed**: 3 problems.');
    expect(stdout).toMatch(/Nothing was released: the check failed, see above\.\n$/);
  });

  it('moves the release on, and says what comes next', () => {
    edit(CHATS, UNREAD, `${UNREAD}\n  "How many chats there are."\n  chatCount: Int`);
    branch.compose();
    const { status, stdout, stderr } = run('release', branch.root);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Release 8: wrote \d+ files in schema\/released, and\n/);
    expect(stdout).toContain('Next: commit them.');
    expect(run('check', branch.root, '--skip-lint').stdout).toMatch(/## Changes since release 8 of .+\n\nNone\./);
  });
});
