import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeedCommands } from '../feed-graph/feed-process.ts';
import type { HttpLoadCommands } from '../load/http-load-process.ts';
import { type RunningProcess, startProcess } from '../processes/child-process.ts';
import { type Remote, remoteOf } from '../processes/commands.ts';
import type { ServedGraph } from '../sides/side.ts';

/** Everything around the sides: subgraphs, their supergraph, and the client. */
export interface BenchStage {
  readonly graph: ServedGraph;
  readonly subgraphs: { readonly pid: number; readonly commands: Remote<FeedCommands> };
  readonly client: { readonly pid: number; readonly commands: Remote<HttpLoadCommands> };
}

const source = (...path: readonly string[]) => join(import.meta.dirname, '..', ...path);

/** Stops what was started in the opposite order when the stack is disposed of. */
export async function startOn(stack: AsyncDisposableStack, starting: Promise<RunningProcess>): Promise<RunningProcess> {
  const started = await starting;
  stack.defer(() => started.stop());
  return started;
}

/** Starts the stage; it goes when the stack is disposed of. */
export async function setStage(stack: AsyncDisposableStack): Promise<BenchStage> {
  const feed = await startOn(
    stack,
    startProcess({ name: 'subgraphs', args: [source('feed-graph', 'feed-process.ts')] }),
  );
  const load = await startOn(stack, startProcess({ name: 'client', args: [source('load', 'http-load-process.ts')] }));
  const subgraphs = remoteOf<FeedCommands>(feed.child);
  const { supergraph, urls } = await subgraphs.graph();
  const folder = await mkdtemp(join(tmpdir(), 'postbook-bench-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const supergraphPath = join(folder, 'supergraph.graphql');
  await writeFile(supergraphPath, supergraph);
  return {
    graph: { supergraphPath, subgraphUrls: urls },
    subgraphs: { pid: feed.pid, commands: subgraphs },
    client: { pid: load.pid, commands: remoteOf<HttpLoadCommands>(load.child) },
  };
}
