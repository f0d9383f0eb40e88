import type { FetchDataRewrite, FetchNode } from '@apollo/query-planner';
import { Kind, type OperationDefinitionNode, parse, print, stripIgnoredCharacters } from 'graphql';
import type { PathTrie } from '../tree/path-trie.ts';
import type { TypeRelations } from '../tree/response-tree.ts';
import { type FetchOutput, fetchOutputs } from './fetch-outputs.ts';
import { compileRepresenter, type Representer } from './representation.ts';
import { renamedKeys } from './rewrites.ts';

/** A fetch of a plan, read once for all executions. */
export interface CompiledFetch {
  /** Where later fetches write below the objects that this one fills. */
  readonly trie: PathTrie;
  readonly service: string;
  readonly operationType: 'query' | 'mutation';
  readonly query: string;
  readonly operationName: string | undefined;
  /** Names of the operation's variables that it uses. */
  readonly variableUsages: readonly string[];
  /** Present when it asks for entities. */
  readonly representer: Representer | undefined;
  readonly outputs: readonly FetchOutput[];
  readonly outputRewrites: readonly FetchDataRewrite[];
  /** Response names that output rewrites rename: errors come under the old ones. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Inputs that come from objects above, by the name of the variable that takes them. */
  readonly contexts: ReadonlyMap<string, readonly (readonly string[])[]>;
  /** What it selects, to be put together with other fetches in one call: equal ones ask for the same. */
  readonly selection: string;
  /** Definitions of its variables but for representations, such as `$first:Int!`. */
  readonly definitions: readonly string[];
  /** Whether it may share a call: not when directives on its operation, or inputs of its own, belong to it alone. */
  readonly isMergeable: boolean;
}

const ENTITIES = '_entities';

/** Name that the planner gives to the variable of an entity fetch. */
export const REPRESENTATIONS = 'representations';

function operationIn(text: string): OperationDefinitionNode {
  const [operation] = parse(text, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('a fetch of the plan has no operation');
  return operation;
}

/** What is selected for the tree: of entities when it is an entity fetch, else at the root. */
function selectedBy(operation: OperationDefinitionNode, isEntityFetch: boolean) {
  if (!isEntityFetch) return operation.selectionSet;
  const [field] = operation.selectionSet.selections;
  if (field?.kind !== Kind.FIELD || field.name.value !== ENTITIES || !field.selectionSet) {
    throw new Error('an entity fetch of the plan has no _entities');
  }
  return field.selectionSet;
}

/** Several renamers of one variable are alternatives: one for each type that the value may come from. */
function contextsOf({ contextRewrites = [] }: FetchNode): Map<string, (readonly string[])[]> {
  const contexts = new Map<string, (readonly string[])[]>();
  for (const { path, renameKeyTo } of contextRewrites) {
    contexts.set(renameKeyTo, [...(contexts.get(renameKeyTo) ?? []), path]);
  }
  return contexts;
}

/** Braces off. */
const inside = (printed: string) => stripIgnoredCharacters(printed).slice(1, -1);

/** Reads a fetch of a plan. */
export function compileFetch(node: FetchNode, types: TypeRelations, trie: PathTrie): CompiledFetch {
  const operation = operationIn(node.operation);
  const set = selectedBy(operation, node.requires !== undefined);
  const outputRewrites = node.outputRewrites ?? [];
  const renamed = renamedKeys(outputRewrites);
  const contexts = contextsOf(node);
  const definitions = (operation.variableDefinitions ?? []).filter(
    ({ variable }) => variable.name.value !== REPRESENTATIONS || node.requires === undefined,
  );
  return {
    trie,
    service: node.serviceName,
    operationType: operation.operation === 'mutation' ? 'mutation' : 'query',
    query: node.operation,
    operationName: node.operationName,
    variableUsages: (node.variableUsages ?? []).filter((name) => !contexts.has(name)),
    representer: node.requires && compileRepresenter(node.requires, node.inputRewrites ?? [], types),
    outputs: fetchOutputs(set, renamed),
    outputRewrites,
    renamed,
    contexts,
    selection: inside(print(set)),
    definitions: definitions.map((definition) => stripIgnoredCharacters(print(definition))),
    isMergeable:
      operation.operation === 'query' &&
      contexts.size === 0 &&
      (operation.directives ?? []).length === 0 &&
      definitions.every(({ variable }) => variable.name.value !== REPRESENTATIONS),
  };
}
