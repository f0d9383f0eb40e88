import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readFolder, readIfThere } from '../files.ts';

/** Where the released graph lies, from the root. */
export const RELEASED_FOLDER = 'schema/released';
const MANIFEST = 'release.json';

/** The graph as it was released last. */
export interface Release {
  /** 1, 2, 3 … */
  readonly number: number;
  /** When, as YYYY-MM-DD. */
  readonly date: string;
  /** Of the files below: a release that was edited by hand no longer has it. */
  readonly digest: string;
  /** What clients saw. */
  readonly api: string;
  /** What gateways run with. */
  readonly supergraph: string;
  /** Each subgraph's SDL, by name. */
  readonly subgraphs: ReadonlyMap<string, string>;
  /** Every operation with its fragments, by its path within `schema/operations`. */
  readonly operations: ReadonlyMap<string, string>;
}

/** What a release holds besides number, date and digest. */
export type ReleasedGraph = Pick<Release, 'api' | 'supergraph' | 'subgraphs' | 'operations'>;

function filesOf({ api, supergraph, subgraphs, operations }: ReleasedGraph): ReadonlyMap<string, string> {
  return new Map([
    ['api.graphql', api],
    ['supergraph.graphql', supergraph],
    ...[...subgraphs].map(([name, sdl]) => [`subgraphs/${name}.graphql`, sdl] as const),
    ...[...operations].map(([path, text]) => [`operations/${path}`, text] as const),
  ]);
}

/** SHA-256 over names and contents, in the order of the names. */
export function digestOf(graph: ReleasedGraph): string {
  const hash = createHash('sha256');
  for (const [path, text] of [...filesOf(graph)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([path, text]));
  }
  return hash.digest('hex');
}

/** The released graph of a checkout; undefined before the first release. */
export function readRelease(root: string): Release | undefined {
  const folder = join(root, RELEASED_FOLDER);
  const manifest = readIfThere(join(folder, MANIFEST));
  if (manifest === undefined) return undefined;
  const { number, date, digest } = JSON.parse(manifest) as Pick<Release, 'number' | 'date' | 'digest'>;
  const subgraphs = [...readFolder(join(folder, 'subgraphs'), '*.graphql')];
  return {
    number,
    date,
    digest,
    api: readIfThere(join(folder, 'api.graphql')) ?? '',
    supergraph: readIfThere(join(folder, 'supergraph.graphql')) ?? '',
    subgraphs: new Map(subgraphs.map(([path, sdl]) => [path.replace(/\.graphql$/, ''), sdl])),
    operations: readFolder(join(folder, 'operations'), '**/*.graphql'),
  };
}

/** Puts a release in the place of the last one. @returns the paths that were written, from the root. */
export function writeRelease(root: string, release: Release): string[] {
  const { number, date, digest } = release;
  const manifest = `${JSON.stringify({ number, date, digest }, undefined, 2)}\n`;
  const files = new Map([...filesOf(release), [MANIFEST, manifest]]);
  for (const folder of ['subgraphs', 'operations']) {
    rmSync(join(root, RELEASED_FOLDER, folder), { recursive: true, force: true });
  }
  return [...files].map(([path, text]) => {
    const place = `${RELEASED_FOLDER}/${path}`;
    mkdirSync(dirname(join(root, place)), { recursive: true });
    writeFileSync(join(root, place), text);
    return place;
  });
}
