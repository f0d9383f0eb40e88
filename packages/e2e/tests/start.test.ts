import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { sampleWorld } from '@postbook/sample-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAll, untilGone } from './support/process-tree.ts';
import { newDataDir, type RunningGraph, removeData, startGraph } from './support/running-graph.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('npm start', () => {
  const dataDir = newDataDir();
  const sample = { POSTBOOK_SAMPLE_PEOPLE: '10' };
  let graph: RunningGraph;
  const npm = (...args: string[]) =>
    spawnSync('npm', [...args], { cwd: root, encoding: 'utf8', env: { ...process.env, POSTBOOK_DATA_DIR: dataDir } });

  beforeAll(async () => {
    graph = await startGraph({ dataDir, environment: sample });
  });
  afterAll(async () => {
    await graph?.stop();
    removeData(dataDir);
  });

  it('ends with the address, two sample accounts and what to try next', () => {
    const output = graph.output();
    expect(output).toMatch(/GraphiQL\s+http:\/\/127\.0\.0\.1:\d+\//);
    expect(output.match(/Sample account/g)).toHaveLength(2);
    expect(output).toContain('Try next');
    expect(output).toContain('npm run say');
  });

  it('has the sample accounts in the graph, with friends and chats', async () => {
    const [, username = '', password = ''] = /Sample account\s+(\S+) \/ (\S+)/.exec(graph.output()) ?? [];
    const { logIn } = await graph
      .client()
      .data<{ logIn: { tokens: { accessToken: string } } }>(
        `mutation ($input: LogInInput!) { logIn(input: $input) { tokens { accessToken } errors { code } } }`,
        { input: { login: username, password } },
      );
    const overview = await graph.client(logIn.tokens.accessToken).data<{
      me: { friends: { nodes: unknown[] } };
      conversations: { nodes: { kind: string; messages: { nodes: unknown[] } }[] };
    }>(
      `{ me { friends(first: 50) { nodes { username } } } conversations { nodes { kind messages { nodes { content } } } } }`,
    );
    const { friendships } = sampleWorld(10).relations;
    expect(overview.me.friends.nodes).toHaveLength(friendships.filter((pair) => pair.includes(0)).length);
    expect(overview.conversations.nodes.slice(0, 2).map(({ kind }) => kind)).toEqual(['DIRECT', 'GROUP']);
    expect(overview.conversations.nodes.every(({ messages }) => messages.nodes.length > 0)).toBe(true);
  });

  it('says where the graph runs when it is started twice, and harms nothing', async () => {
    const second = npm('start', '--silent');
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(`The graph runs already at ${graph.url}`);
    expect((await fetch(`${graph.url}/health/ready`)).status).toBe(200);
  });

  it('lets the second sample account speak by npm run say', () => {
    const said = npm('run', '--silent', 'say', '--', 'Hello there');
    expect(said.stderr).toBe('');
    expect(said.stdout).toContain('said "Hello there"');
  });

  it('shows the state of every database by npm run db -- status', () => {
    const status = npm('run', '--silent', 'db', '--', 'status');
    expect(status.stdout).toMatch(/auth_service_db is up to date/);
    expect(status.status).toBe(0);
  });

  it('leaves no orphan when the command is killed without a word', async () => {
    const everything = graph.tree();
    const [npmProcess] = everything;
    if (!npmProcess) throw new Error('npm is not running');
    killAll([npmProcess]);
    await untilGone(everything, 60_000);
    graph = await startGraph({ dataDir, environment: sample });
    expect(graph.output()).not.toContain('Sample data of');
  });
});
