import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `npm start` leaves in its data folder. */
export interface RunningFile {
  readonly services: Readonly<Record<string, string>>;
  readonly stores: { readonly postgres: string; readonly mongodb: string; readonly redis: string };
}

/** Where the services and stores of a running graph are. */
export const runningFile = (dataDir: string): RunningFile =>
  JSON.parse(readFileSync(join(dataDir, 'running.json'), 'utf8')) as RunningFile;

/** Queries that a service has answered so far, by its own count. */
async function queriesAt(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const counts = metrics.matchAll(/^graphql_operations_total\{[^}]*type="query"[^}]*\} (\d+)/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Does work and tells how many queries each subgraph answered meanwhile; those that answered none are left out. */
export async function callsDuring(dataDir: string, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const subgraphs = Object.entries(runningFile(dataDir).services).filter(([name]) => name !== 'gateway');
  const count = () => Promise.all(subgraphs.map(([, url]) => queriesAt(url)));
  const before = await count();
  await work();
  const after = await count();
  const calls = subgraphs.map(([name], index) => [name, (after[index] ?? 0) - (before[index] ?? 0)] as const);
  return Object.fromEntries(calls.filter(([, made]) => made > 0));
}
