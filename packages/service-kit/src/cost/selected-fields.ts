import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';
import type { KnownVariables } from './argument-cost.ts';

/** Finds the fields that are asked of objects of one type, by the names they are answered under. */
export type FieldSelector = (
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
) => ReadonlyMap<string, readonly FieldNode[]>;

/** What the `if` of a directive comes to; undefined when nobody knows yet. */
function condition(directive: DirectiveNode, variables: KnownVariables): boolean | undefined {
  const value = directive.arguments?.find(({ name }) => name.value === 'if')?.value;
  if (value?.kind === Kind.BOOLEAN) return value.value;
  const known = value?.kind === Kind.VARIABLE ? variables?.[value.name.value] : undefined;
  return typeof known === 'boolean' ? known : undefined;
}

/** Whether `@skip` and `@include` leave it in. What isn't known counts: the estimate is what may come at the most. */
function isIncluded(directives: readonly DirectiveNode[] | undefined, variables: KnownVariables): boolean {
  return (directives ?? []).every((directive) => {
    if (directive.name.value === 'skip') return condition(directive, variables) !== true;
    return directive.name.value !== 'include' || condition(directive, variables) !== false;
  });
}

/** Makes a selector for a document, with the variables of one request if they are known. */
export function createFieldSelector(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: KnownVariables,
): FieldSelector {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }

  function collect(
    type: GraphQLObjectType,
    set: SelectionSetNode,
    found: Map<string, FieldNode[]>,
    spread: Set<string>,
  ): void {
    for (const selection of set.selections) {
      if (!isIncluded(selection.directives, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const nodes = found.get(name);
        if (nodes) nodes.push(selection);
        else found.set(name, [selection]);
        continue;
      }
      // A fragment spread twice in one place asks for the same twice.
      if (selection.kind === Kind.FRAGMENT_SPREAD && spread.has(selection.name.value)) continue;
      if (selection.kind === Kind.FRAGMENT_SPREAD) spread.add(selection.name.value);
      const part = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      const on = part?.typeCondition ? typeFromAST(schema, part.typeCondition) : type;
      const applies = on === type || (isAbstractType(on) && schema.isSubType(on, type));
      if (part && applies) collect(type, part.selectionSet, found, spread);
    }
  }

  return (type, sets) => {
    const found = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    for (const set of sets) collect(type, set, found, spread);
    return found;
  };
}
