import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRelease } from '../src/release/release-files.ts';
import { subgraphs, workspaceRoot } from '../src/subgraphs.ts';

const schemaFolder = join(workspaceRoot, 'schema');
let folder: string;
let calls: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rover-'));
  calls = join(folder, 'calls');
  // Stands for Rover, which needs Apollo Studio: notes how it was called, and fails for the subgraph that it is told.
  writeFileSync(join(folder, 'rover.sh'), 'echo "$*" >> "$CALLS"; case "$*" in *"--name $FAIL "*) exit 1 ;; esac\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(action: string, environment: Readonly<Record<string, string>> = {}) {
  const { status, stderr } = spawnSync('sh', [join(schemaFolder, 'rover.sh'), action], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      ROVER: `sh ${join(folder, 'rover.sh')}`,
      CALLS: calls,
      FAIL: 'none',
      ...environment,
    },
  });
  return { status, stderr };
}

const noted = () => readFileSync(calls, 'utf8').trim().split('\n').sort();
const account = { APOLLO_KEY: 'service:postbook:secret', APOLLO_GRAPH_REF: 'postbook@staging' };
const names = subgraphs.map(({ name }) => name).sort();

describe('schema/rover.sh', () => {
  it('checks the composed SDL of every subgraph', () => {
    expect(run('check', account)).toEqual({ status: 0, stderr: '' });
    const files = names.map((name) => join(schemaFolder, 'subgraphs', `${name}.graphql`));
    expect(noted()).toEqual(
      names.map((name, index) => `subgraph check postbook@staging --name ${name} --schema ${files[index]}`),
    );
  });

  it('checks the others too after one that failed, and fails', () => {
    expect(run('check', { ...account, FAIL: 'chats' })).toEqual({ status: 1, stderr: 'Rover failed for: chats\n' });
    expect(noted()).toHaveLength(names.length);
  });

  it('publishes what was released, with where it runs', () => {
    const template = 'http://{name}.internal:4000/graphql';
    expect(run('publish', { ...account, SUBGRAPH_URL_TEMPLATE: template })).toEqual({ status: 0, stderr: '' });
    const released = [...(readRelease(workspaceRoot)?.subgraphs.keys() ?? [])].sort();
    expect(noted()).toEqual(
      released.map((name) => {
        const file = join(schemaFolder, 'released', 'subgraphs', `${name}.graphql`);
        const url = `http://${name}.internal:4000/graphql`;
        return `subgraph publish postbook@staging --name ${name} --schema ${file} --routing-url ${url}`;
      }),
    );
  });

  it.each([
    ['APOLLO_KEY', { APOLLO_GRAPH_REF: 'postbook@staging' }],
    ['APOLLO_GRAPH_REF', { APOLLO_KEY: 'secret' }],
  ])('names %s when it is not set', (variable, environment) => {
    const { status, stderr } = run('check', environment);
    expect(status).not.toBe(0);
    expect(stderr).toContain(`${variable}: set it to`);
  });

  it('has no other actions', () => {
    expect(run('delete', account)).toMatchObject({ status: 2, stderr: expect.stringContaining('check|publish') });
  });
});
