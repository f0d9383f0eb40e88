import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  isUnionType,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { renamedKeys } from '../plan/rewrites.ts';
import type { ChainedField } from './chained-requirements.ts';
import { parseFieldSet, type RequirementsOfField } from './required-inputs.ts';

/** A field with requirements that a fetch selects where its subgraph doesn't get them. */
export interface MisplacedField {
  readonly typeName: string;
  readonly node: FieldNode;
  readonly chained: ChainedField;
  /** Path of its object from the root of the response. */
  readonly path: readonly string[];
  /** What it is called there. */
  readonly responseName: string;
}

/** Options of {@link withoutMisplaced}. */
export interface MisplacedOptions {
  readonly fetch: FetchNode;
  readonly path: readonly string[];
  /** Where the fetch's answer begins: at its operation, or inside `_entities`. */
  readonly start: { readonly type: GraphQLCompositeType; readonly set: SelectionSetNode };
  readonly schema: GraphQLSchema;
  readonly chained: ReadonlyMap<string, ChainedField>;
  readonly needs: ReadonlyMap<string, RequirementsOfField>;
}

interface Place {
  readonly type: GraphQLCompositeType;
  readonly path: readonly string[];
  /** Names of the inputs that come with the object itself. */
  readonly given: ReadonlySet<string>;
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
const NOTHING: ReadonlySet<string> = new Set();

const listsIn = (type: GraphQLOutputType): string[] => {
  if (isNonNullType(type)) return listsIn(type.ofType);
  return isListType(type) ? ['@', ...listsIn(type.ofType)] : [];
};

function namesIn(nodes: readonly QueryPlanSelectionNode[]): string[] {
  return nodes.flatMap((node) => (node.kind === 'Field' ? [node.name] : namesIn(node.selections)));
}

/** Adds selections that aren't there yet. */
function join(selections: readonly SelectionNode[], added: readonly SelectionNode[]): SelectionNode[] {
  const known = new Set(selections.map(print));
  return [...selections, ...added.filter((selection) => !known.has(print(selection)))];
}

/**
 * Takes misplaced fields out of what a fetch selects. In the place of each are the keys by which its object can be asked
 * for again, once the requirements are there.
 */
export function withoutMisplaced(options: MisplacedOptions) {
  const { fetch, schema, chained, needs } = options;
  const renamed = renamedKeys(fetch.outputRewrites);
  const found: MisplacedField[] = [];

  function misplaced(node: FieldNode, { type, path, given }: Place, beside: ReadonlySet<string>) {
    const coordinate = `${fetch.serviceName} ${type.name}.${node.name.value}`;
    const field = chained.get(coordinate);
    if (!field) return undefined;
    const inputs = [...(needs.get(coordinate) ?? [])].flatMap(([at, name]) => (at.includes('.') ? [] : [name]));
    // What a subgraph was asked for in the same place it has by itself, as with `@provides`.
    if (inputs.every((name) => given.has(name)) || inputs.every((name) => beside.has(name))) return undefined;
    const name = (node.alias ?? node.name).value;
    return { typeName: type.name, node, chained: field, path, responseName: renamed.get(name) ?? name };
  }

  function inside(node: FieldNode, { type, path }: Place): FieldNode {
    const definition = isUnionType(type) ? undefined : type.getFields()[node.name.value];
    const inner = definition && getNamedType(definition.type);
    if (!node.selectionSet || !definition || !isCompositeType(inner)) return node;
    const name = (node.alias ?? node.name).value;
    const below = [...path, renamed.get(name) ?? name, ...listsIn(definition.type)];
    return { ...node, selectionSet: rewrite(node.selectionSet, { type: inner, path: below, given: NOTHING }) };
  }

  function rewrite(set: SelectionSetNode, place: Place): SelectionSetNode {
    const beside = new Set(set.selections.flatMap((node) => (node.kind === Kind.FIELD ? [node.name.value] : [])));
    const keys: SelectionNode[] = [];
    const selections = set.selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const type = selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : place.type;
        if (!isCompositeType(type)) return [selection];
        return [{ ...selection, selectionSet: rewrite(selection.selectionSet, { ...place, type }) }];
      }
      const wrong = misplaced(selection, place, beside);
      if (!wrong) return [inside(selection, place)];
      found.push(wrong);
      keys.push(TYPENAME, ...parseFieldSet(wrong.chained.key).selections);
      return [];
    });
    return { ...set, selections: join(selections, keys) };
  }

  const { type, set } = options.start;
  const given = fetch.requires ? new Set(namesIn(fetch.requires)) : NOTHING;
  const selectionSet = rewrite(set, { type, path: options.path, given });
  return { selectionSet, found: found as readonly MisplacedField[] };
}
