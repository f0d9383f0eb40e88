import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { releaseSchema } from '../src/release/release-schema.ts';
import { branchOnDisk } from './support/branches.ts';

const CHATS = 'subgraphs/chats/src/conversation/conversation.graphql';
const UNREAD = `  "How many messages you haven't read, over all conversations."\n  unreadMessageCount: Int`;
const CHAT_COUNT = '  "How many chats there are."\n  chatCount: Int';

let branch: ReturnType<typeof branchOnDisk>;
beforeEach(() => {
  branch = branchOnDisk();
});
afterEach(() => branch.dispose());

const read = (path: string) => readFileSync(join(branch.root, path), 'utf8');
const edit = (path: string, from: string, to: string) => branch.write(path, branch.edit(read(path), from, to));
const release = (lint: Parameters<typeof releaseSchema>[2] = []) => releaseSchema(branch.root, '2026-12-01', lint);

describe('a release', () => {
  it('is not needed when nothing changed', async () => {
    expect(await release()).toEqual({ kind: 'unchanged', number: 7 });
  });

  it('is needed when client operations alone changed', async () => {
    edit('schema/operations/Me.graphql', '  unreadMessageCount\n', '');
    expect(await release()).toMatchObject({ kind: 'released', number: 8 });
    expect(read('schema/released/CHANGELOG.md')).toContain('## 8 (2026-12-01)\n\nClient operations alone.\n');
  });

  it('is refused when the check fails, and nothing is written', async () => {
    edit(CHATS, UNREAD, '');
    branch.compose();
    const before = read('schema/released/api.graphql');
    expect(await release()).toMatchObject({ kind: 'refused', report: { changes: [{ type: 'FIELD_REMOVED' }] } });
    expect(read('schema/released/api.graphql')).toBe(before);
    expect(JSON.parse(read('schema/released/release.json'))).toMatchObject({ number: 7 });
  });

  it('is refused when the linter found something', async () => {
    const finding = { file: CHATS, line: 1, rule: 'require-description', message: 'Description is required' };
    expect(await release([finding])).toMatchObject({ kind: 'refused', report: { lint: [finding] } });
  });

  it('is refused when the composed files are out of date', async () => {
    edit(CHATS, UNREAD, `${UNREAD}\n${CHAT_COUNT}`);
    expect(await release()).toEqual({
      kind: 'drifted',
      paths: ['schema/supergraph.graphql', 'schema/api.graphql', 'schema/subgraphs/chats.graphql'],
    });
  });

  it('moves the released graph on, and the reasons of accepted changes to the changelog', async () => {
    edit(CHATS, UNREAD, CHAT_COUNT);
    for (const name of ['Me', 'Overview']) {
      edit(`schema/operations/${name}.graphql`, '  unreadMessageCount\n', '  chatCount\n');
    }
    const reason = 'Nobody used it: the list of chats has the count of each.';
    const entry = { type: 'FIELD_REMOVED', path: 'Query.unreadMessageCount', reason, date: '2026-11-25' };
    branch.write('schema/accepted-changes.json', JSON.stringify([entry]));
    branch.compose();

    expect(await release()).toMatchObject({ kind: 'released', number: 8 });
    expect(JSON.parse(read('schema/released/release.json'))).toMatchObject({ number: 8, date: '2026-12-01' });
    for (const file of ['api.graphql', 'supergraph.graphql', 'subgraphs/chats.graphql', 'operations/Me.graphql']) {
      expect(read(`schema/released/${file}`)).toBe(read(`schema/${file}`));
    }
    expect(read('schema/accepted-changes.json')).toBe('[]\n');
    expect(read('schema/released/CHANGELOG.md')).toBe(
      [
        '# Releases of the schema',
        'Written by `npm run schema:release`, newest first.',
        '## 8 (2026-12-01)',
        '**Breaking**',
        `- Field 'unreadMessageCount' was removed from object type 'Query'. Why: ${reason}`,
        '**Harmless**',
        "- Field 'chatCount' was added to object type 'Query'\n",
      ].join('\n\n'),
    );
    expect(await release()).toEqual({ kind: 'unchanged', number: 8 });
  });

  it('keeps the changelog of the ones before', async () => {
    edit(CHATS, UNREAD, `${UNREAD}\n${CHAT_COUNT}`);
    branch.compose();
    await release();
    edit(CHATS, CHAT_COUNT, `${CHAT_COUNT}\n  "How many groups there are."\n  groupCount: Int`);
    branch.compose();
    expect(await release()).toMatchObject({ kind: 'released', number: 9 });
    const titles = read('schema/released/CHANGELOG.md').match(/^## .+$/gm);
    expect(titles).toEqual(['## 9 (2026-12-01)', '## 8 (2026-12-01)']);
  });

  it('is the first where there is none', async () => {
    branch.forgetRelease();
    expect(await release()).toMatchObject({ kind: 'released', number: 1 });
    expect(read('schema/released/CHANGELOG.md')).toContain('## 1 (2026-12-01)\n\nThe first release: `auth`');
  });

  it('is refused when what was released was edited by hand', async () => {
    branch.write('schema/released/operations/Gone.graphql', 'query Gone { me { id } }\n');
    expect(await release()).toMatchObject({ kind: 'refused', report: { isReleaseTampered: true } });
  });
});
