import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSchemaWorkspace, type SchemaWorkspace } from '../../src/check/schema-workspace.ts';
import {
  API_PATH,
  composeSdl,
  readSubgraphs,
  SUPERGRAPH_PATH,
  subgraphSdlsOf,
  writeComposed,
} from '../../src/compose.ts';
import { digestOf, RELEASED_FOLDER, type Release, writeRelease } from '../../src/release/release-files.ts';
import { subgraphs, workspaceRoot } from '../../src/subgraphs.ts';

/** A branch that was released as it is. */
export const asReleased = (branch: SchemaWorkspace): SchemaWorkspace => ({ ...branch, release: releaseOf(branch) });

/** Today's SDL and operations, released as they are: what a branch starts from. */
export const mainBranch: SchemaWorkspace = asReleased({
  ...readSchemaWorkspace(workspaceRoot),
  acceptedChanges: '[]',
});

function releaseOf({ subgraphs: services, operations }: Pick<SchemaWorkspace, 'subgraphs' | 'operations'>): Release {
  const files = composeSdl(services);
  const graph = {
    api: files.get(API_PATH) ?? '',
    supergraph: files.get(SUPERGRAPH_PATH) ?? '',
    subgraphs: subgraphSdlsOf(files),
    operations,
  };
  return { ...graph, number: 7, date: '2026-11-25', digest: digestOf(graph) };
}

/** The text with one place changed. @throws Error when the place is not there, so that no test passes by accident. */
function edit(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`Not there, or not once: ${from}`);
  return text.replace(from, to);
}

/** A branch on which one place of a subgraph's SDL is another. */
export const withSdl = (branch: SchemaWorkspace, name: string, from: string, to: string): SchemaWorkspace => ({
  ...branch,
  subgraphs: branch.subgraphs.map((service) =>
    service.name === name ? { ...service, sdl: edit(service.sdl, from, to) } : service,
  ),
});

/** A branch with another subgraph. */
export const withSubgraph = (branch: SchemaWorkspace, name: string, sdl: string): SchemaWorkspace => ({
  ...branch,
  subgraphs: [...branch.subgraphs, { name, url: `http://${name}/graphql`, sdl }],
});

/** A branch without one of its subgraphs. */
export const withoutSubgraph = (branch: SchemaWorkspace, name: string): SchemaWorkspace => ({
  ...branch,
  subgraphs: branch.subgraphs.filter((service) => service.name !== name),
});

/** A branch with another operation, or another text for one. */
export const withOperation = (branch: SchemaWorkspace, file: string, text: string): SchemaWorkspace => ({
  ...branch,
  operations: new Map([...branch.operations, [file, text]]),
});

/** A copy of the SDL and of the schema folder on disk, for the commands. Deleted by `dispose`. */
export function branchOnDisk() {
  const root = mkdtempSync(join(tmpdir(), 'schema-branch-'));
  for (const { folder } of subgraphs) {
    cpSync(join(workspaceRoot, folder, 'src'), join(root, folder, 'src'), {
      recursive: true,
      filter: (path) => !/\.[^./]+$/.test(path) || path.endsWith('.graphql'),
    });
  }
  cpSync(join(workspaceRoot, 'schema', 'operations'), join(root, 'schema', 'operations'), { recursive: true });
  const write = (path: string, text: string) => writeFileSync(join(root, path), text);
  const compose = () => void writeComposed(composeSdl(readSubgraphs(root)), root);
  compose();
  writeRelease(root, releaseOf(readSchemaWorkspace(root)));
  write('schema/accepted-changes.json', '[]\n');
  return {
    root,
    write,
    edit,
    /** What `npm run compose` does. */
    compose,
    forgetRelease: () => rmSync(join(root, RELEASED_FOLDER), { recursive: true }),
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}
