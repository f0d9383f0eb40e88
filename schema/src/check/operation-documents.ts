import { basename } from 'node:path';
import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  visit,
} from 'graphql';

/** Files of `schema/operations`, by their path within it, with their text. */
export type OperationFiles = ReadonlyMap<string, string>;

/** A client operation with the fragments it spreads: what a client sends. */
export interface ClientOperation {
  readonly name: string;
  readonly file: string;
  /** The file's text: a comment in it may set a budget of its own. */
  readonly source: string;
  readonly definition: OperationDefinitionNode;
  readonly document: DocumentNode;
}

/** All operations, and what is wrong with the files before any schema is looked at. */
export interface ClientOperations {
  readonly operations: readonly ClientOperation[];
  readonly mistakes: readonly string[];
}

interface ParsedFile {
  readonly file: string;
  readonly source: string;
  readonly definitions: readonly DefinitionNode[];
}

const isFragmentFile = (file: string) => file.startsWith('fragments/');

/** What must be true of a file: one definition, named as the file. */
function mistakesOf({ file, definitions }: ParsedFile): string[] {
  const kind = isFragmentFile(file) ? Kind.FRAGMENT_DEFINITION : Kind.OPERATION_DEFINITION;
  const what = isFragmentFile(file) ? 'fragment' : 'operation';
  const name = basename(file, '.graphql');
  const [only, ...others] = definitions;
  if (others.length > 0 || only?.kind !== kind) return [`${file} must hold one ${what} and nothing else`];
  return only.name?.value === name ? [] : [`${file} must hold the ${what} "${name}", named as the file`];
}

function spreadsOf(node: DefinitionNode): string[] {
  const names: string[] = [];
  visit(node, { FragmentSpread: ({ name }) => void names.push(name.value) });
  return names;
}

/** The fragments that a definition needs, those within fragments included, each once. */
function fragmentsOf(start: DefinitionNode, all: ReadonlyMap<string, FragmentDefinitionNode>) {
  const found = new Map<string, FragmentDefinitionNode>();
  const queue = spreadsOf(start);
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const fragment = all.get(name);
    if (!fragment || found.has(name)) continue;
    found.set(name, fragment);
    queue.push(...spreadsOf(fragment));
  }
  return [...found.values()];
}

function parseFiles(files: OperationFiles): { readonly parsed: ParsedFile[]; readonly mistakes: string[] } {
  const parsed: ParsedFile[] = [];
  const mistakes: string[] = [];
  for (const [file, source] of files) {
    try {
      parsed.push({ file, source, definitions: parse(source).definitions });
    } catch (error) {
      mistakes.push(`${file}: ${(error as Error).message}`);
    }
  }
  return { parsed, mistakes };
}

/** Puts the operations together with their fragments. A fragment that nothing spreads is a mistake too. */
export function readClientOperations(files: OperationFiles): ClientOperations {
  const { parsed, mistakes } = parseFiles(files);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of parsed.flatMap(({ definitions }) => definitions)) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const spread = new Set<string>();
  const operations = parsed.flatMap(({ file, source, definitions }) => {
    const definition = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
    if (!definition) return [];
    const needed = fragmentsOf(definition, fragments);
    for (const { name } of needed) spread.add(name.value);
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [definition, ...needed] };
    return [{ name: definition.name?.value ?? basename(file, '.graphql'), file, source, definition, document }];
  });
  const idle = [...fragments.keys()].filter((name) => !spread.has(name));
  return {
    operations,
    mistakes: [
      ...mistakes,
      ...parsed.flatMap(mistakesOf),
      ...idle.map((name) => `fragment "${name}" is spread by no operation: delete it`),
    ],
  };
}
