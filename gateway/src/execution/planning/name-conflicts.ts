import type { FetchDataRewrite } from '@apollo/query-planner';
import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { shapeOf } from '../canonical/type-shape.ts';

/** Selections whose fields meet in one object of a response. */
interface Meeting {
  readonly type: GraphQLCompositeType;
  readonly set: SelectionSetNode;
  /** Where it is, as rewrites have it. */
  readonly path: readonly string[];
}

interface Occurrence {
  readonly node: FieldNode;
  readonly path: readonly string[];
  readonly inside: GraphQLCompositeType | undefined;
  readonly kind: string;
}

/** An operation as a subgraph accepts it, and how to read its answer. */
export interface UnconflictedOperation {
  readonly operation: OperationDefinitionNode;
  readonly rewrites: readonly FetchDataRewrite[];
}

/**
 * Aliases fields that would be answered under one name though a subgraph's types say different things about them. The
 * planner does so too, but overlooks fields below conditions and below fields that it aliased itself.
 *
 * @param start where the answer begins: at the operation, or inside `_entities`.
 */
export function withoutConflicts(
  operation: OperationDefinitionNode,
  start: { readonly type: GraphQLCompositeType; readonly set: SelectionSetNode },
  schema: GraphQLSchema,
): UnconflictedOperation {
  const aliases = new Map<FieldNode, string>();
  const rewrites: FetchDataRewrite[] = [];

  function occurrences({ type, set, path }: Meeting): Occurrence[] {
    return set.selections.flatMap((selection): Occurrence[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        const found = condition === undefined ? type : schema.getType(condition);
        const below = condition === undefined ? path : [...path, `... on ${condition}`];
        return isCompositeType(found) ? occurrences({ type: found, set: selection.selectionSet, path: below }) : [];
      }
      const definition = isUnionType(type) ? undefined : type.getFields()[selection.name.value];
      if (!definition) return [];
      const inside = getNamedType(definition.type);
      const args = (selection.arguments ?? []).map(print).join(',');
      const kind = `${selection.name.value}(${args}):${shapeOf(definition.type)}`;
      return [{ node: selection, path, inside: isCompositeType(inside) ? inside : undefined, kind }];
    });
  }

  function resolve(meetings: readonly Meeting[]): void {
    const byName = new Map<string, Map<string, Occurrence[]>>();
    for (const occurrence of meetings.flatMap(occurrences)) {
      const name = (occurrence.node.alias ?? occurrence.node.name).value;
      const kinds = byName.get(name) ?? new Map<string, Occurrence[]>();
      kinds.set(occurrence.kind, [...(kinds.get(occurrence.kind) ?? []), occurrence]);
      byName.set(name, kinds);
    }
    for (const [name, kinds] of byName) {
      [...kinds.values()].forEach((alike, index) => {
        settle(name, index === 0 ? name : `${name}__shape_${index}`, alike);
      });
    }
  }

  function settle(name: string, alias: string, alike: readonly Occurrence[]): void {
    const below = alike.flatMap(({ node, path, inside }) =>
      node.selectionSet && inside ? [{ type: inside, set: node.selectionSet, path: [...path, alias] }] : [],
    );
    // What is inside is renamed first, while the paths to it are still those of the answer.
    if (below.length > 0) resolve(below);
    if (alias === name) return;
    for (const { node, path } of alike) {
      aliases.set(node, alias);
      rewrites.push({ kind: 'KeyRenamer', path: [...path, alias], renameKeyTo: name });
    }
  }

  resolve([{ ...start, path: [] }]);
  if (aliases.size === 0) return { operation, rewrites };
  return { operation: { ...operation, selectionSet: renameIn(operation.selectionSet, aliases) }, rewrites };
}

function renameIn(set: SelectionSetNode, aliases: ReadonlyMap<FieldNode, string>): SelectionSetNode {
  const selections = set.selections.map((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD || !selection.selectionSet) return rename(selection, aliases);
    return { ...rename(selection, aliases), selectionSet: renameIn(selection.selectionSet, aliases) };
  });
  return { ...set, selections };
}

function rename<Node extends SelectionNode>(node: Node, aliases: ReadonlyMap<FieldNode, string>): Node {
  const alias = node.kind === Kind.FIELD ? aliases.get(node) : undefined;
  return alias === undefined ? node : { ...node, alias: { kind: Kind.NAME, value: alias } };
}
