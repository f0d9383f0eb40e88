import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { branchOnDisk } from './support/branches.ts';

const sources = join(import.meta.dirname, '..', 'src');

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

describe('npm run schema:check', () => {
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
    expect(stdout).toContain('**Failed**: 2 problems.');
    expect(stdout).toContain(
      "| `FIELD_REMOVED` | `Query.unreadMessageCount` | Field 'unreadMessageCount' was removed from object type 'Query' | `Me` | **no** |",
    );
    expect(stdout).toContain('- `Me.graphql`: Cannot query field "unreadMessageCount" on type "Query".');
    expect(stdout).toContain('- Keep what was released and deprecate it (`@deprecated(reason: …)`)');
    expect(stdout).not.toContain('## Lint');
  });

  it.each([
    ['a missing description', `${UNREAD}\n  chatCount: Int`, 'require-description'],
    ['a name in another style', `${UNREAD}\n  "Chats."\n  chat_count: Int`, 'naming-convention'],
    ['a deprecation without a reason', `${UNREAD} @deprecated`, 'require-deprecation-reason'],
    ['a list that is no connection', `${UNREAD}\n  "Chats."\n  chats: ChatConnection`, 'relay-arguments'],
  ])('fails on %s', (_what, to, rule) => {
    edit(CHATS, UNREAD, to);
    if (to.includes('ChatConnection')) {
      const page = 'edges: [ConversationEdge]\n  "Where it stands."\n  pageInfo: PageInfo!';
      branch.write(CHATS, `${read(CHATS)}\n"Chats."\ntype ChatConnection {\n  "Chats."\n  ${page}\n}\n`);
    }
    const { status, stdout } = run('check', branch.root);
    expect(status).toBe(1);
    expect(stdout).toContain('**Failed**: 1 problem.');
    expect(stdout).toMatch(new RegExp(`^- \`${CHATS}:\\d+\` .+ \\(\`${rule}\`\\)$`, 'm'));
  });
});

describe('npm run schema:release', () => {
  const compose = () => branch.compose();

  it('has nothing to do when nothing changed', () => {
    expect(run('release', branch.root)).toEqual({
      status: 0,
      stdout: 'Nothing changed since release 7.\n',
      stderr: '',
    });
  });

  it('refuses what the check refuses, and writes nothing', () => {
    edit(CHATS, UNREAD, '');
    const before = read('schema/released/api.graphql');
    compose();
    const { status, stdout } = run('release', branch.root);
    expect(status).toBe(1);
    expect(stdout).toContain('Nothing was released: the check failed, see above.');
    expect(read('schema/released/api.graphql')).toBe(before);
  });

  it('refuses when the composed files are out of date', () => {
    edit(CHATS, UNREAD, `${UNREAD}\n  "How many chats there are."\n  chatCount: Int`);
    const { status, stdout } = run('release', branch.root);
    expect(status).toBe(1);
    expect(stdout).toContain(
      'schema/api.graphql, schema/subgraphs/chats.graphql are out of date. Run "npm run compose"',
    );
  });

  it('moves the release on, and the reasons of accepted changes to the changelog', () => {
    edit(CHATS, UNREAD, '  "How many chats there are."\n  chatCount: Int');
    edit('schema/operations/Me.graphql', '  unreadMessageCount\n', '  chatCount\n');
    const reason = 'Nobody used it: the list of chats has the count of each.';
    const entry = { type: 'FIELD_REMOVED', path: 'Query.unreadMessageCount', reason, date: '2026-11-25' };
    branch.write('schema/accepted-changes.json', JSON.stringify([entry]));
    compose();
    const { status, stdout } = run('release', branch.root);
    expect(status).toBe(0);
    expect(stdout).toContain('Release 8: wrote');
    expect(JSON.parse(read('schema/released/release.json'))).toMatchObject({ number: 8 });
    expect(read('schema/released/api.graphql')).toBe(read('schema/api.graphql'));
    expect(read('schema/released/operations/Me.graphql')).toContain('chatCount');
    expect(read('schema/accepted-changes.json')).toBe('[]\n');
    expect(read('schema/released/CHANGELOG.md')).toMatch(
      new RegExp(
        [
          '## 8 \\(\\d{4}-\\d\\d-\\d\\d\\)',
          '\\*\\*Breaking\\*\\*',
          `- Field 'unreadMessageCount' was removed from object type 'Query'\\. Why: ${reason}`,
          '\\*\\*Harmless\\*\\*',
          "- Field 'chatCount' was added to object type 'Query'",
        ].join('\n\n'),
      ),
    );
    expect(run('check', branch.root, '--skip-lint').stdout).toContain('## Changes since release 8');
  });
});

describe('the first release', () => {
  it('is made where there is none', () => {
    branch.forgetRelease();
    expect(run('check', branch.root, '--skip-lint').stdout).toContain('Make the first release');
    expect(run('release', branch.root).stdout).toContain('Release 1: wrote');
    expect(read('schema/released/CHANGELOG.md')).toContain('The first release: `auth`');
    expect(run('check', branch.root, '--skip-lint').status).toBe(0);
  });
});
