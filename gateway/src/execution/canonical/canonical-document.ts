import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLAbstractType,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Variables } from '../prepared-operation.ts';
import { type CanonicalNaming, isIntrospection } from './canonical-naming.ts';
import { isNever, unsettled } from './constant-conditions.ts';
import { fieldDefinition, operationOf, rootTypeOf } from './document-parts.ts';
import { inlineFragment } from './inline-fragment.ts';
import type { InterfaceObjects } from './interface-objects.ts';
import { mergeByName } from './mutation-fields.ts';
import { createNarrowing } from './narrow-selections.ts';
import { readVariants } from './selection-variants.ts';

/** An operation with its fields renamed for planning. */
export interface CanonicalDocument {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** What each field of the client's document is called in the response tree. */
  readonly names: ReadonlyMap<FieldNode, string>;
  /** The document for the planner; undefined when nothing has to be fetched. */
  readonly planned: DocumentNode | undefined;
}

/** Options of {@link canonicalDocument}. */
export interface CanonicalDocumentOptions {
  readonly schema: GraphQLSchema;
  readonly naming: CanonicalNaming;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly denied: ReadonlySet<FieldNode>;
  /** Types that some subgraph knows only as objects, so that their `__typename` costs a call. */
  readonly interfaceObjects: InterfaceObjects;
  /** Variables that conditions look at, where the document is planned for these values alone. */
  readonly conditions?: Variables | undefined;
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * Renames every field so that its name tells what is asked for, whatever the client calls it: equal selections under two
 * aliases are fetched once, and an alias can't take the place of a key, a required input, or another field.
 */
export function canonicalDocument(options: CanonicalDocumentOptions): CanonicalDocument {
  const { schema, naming, document, denied, interfaceObjects, conditions = {} } = options;
  const { operation, fragments } = operationOf(document, options.operationName);
  const root = rootTypeOf(schema, operation);
  const names = new Map<FieldNode, string>();
  const variants = readVariants(document);
  const rewritten = new Map<string, FragmentDefinitionNode | undefined>();
  const mutations = new Map<string, string>();
  const narrow = createNarrowing({ schema, fragmentOf: rewriteFragment, placeholder });

  /** Each root field of a mutation runs, even when two are equal but for their aliases. */
  function mutationName(field: FieldNode): string {
    const responseName = (field.alias ?? field.name).value;
    const known = mutations.get(responseName) ?? `${field.name.value}__m${mutations.size}`;
    mutations.set(responseName, known);
    return known;
  }

  function nameOf(field: FieldNode, parent: GraphQLCompositeType): string {
    const isMutation = parent === root && operation.operation === 'mutation';
    return isMutation ? mutationName(field) : naming.nameOf(field, parent.name, variants.variantOf(field));
  }

  function subselection(type: GraphQLCompositeType, set: SelectionSetNode): SelectionSetNode {
    const selections = rewriteAll(type, set);
    const isTyped = isAbstractType(type) && !interfaceObjects.has(type.name);
    // The planner leaves out a field of which nothing may be left to ask for.
    const isOpen = selections.every(isConditional);
    return {
      kind: Kind.SELECTION_SET,
      selections: isTyped || isOpen ? [isTyped ? TYPENAME : placeholder(type), ...selections] : selections,
    };
  }

  /** Whether a selection may come to nothing, whatever the object is. */
  function isConditional(selection: SelectionNode): boolean {
    if ((selection.directives ?? []).length > 0) return true;
    if (selection.kind === Kind.FIELD) return false;
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : rewritten.get(selection.name.value);
    return fragment?.selectionSet.selections.every(isConditional) ?? true;
  }

  /** Something to ask for where nothing else is, of any object: its type, or a key where the type would cost a call. */
  function placeholder(type: GraphQLCompositeType): FieldNode {
    const key = isInterfaceType(type) ? type.getFields()[interfaceObjects.keyOf(type.name) ?? ''] : undefined;
    if (!key || !isLeafType(getNamedType(key.type))) return TYPENAME;
    const field: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: key.name } };
    const name = naming.nameOf(field, type.name, '');
    return name === key.name ? field : { ...field, alias: { kind: Kind.NAME, value: name } };
  }

  function rewriteField(parent: GraphQLCompositeType, field: FieldNode): FieldNode | undefined {
    if (field.name.value === '__typename') {
      names.set(field, '__typename');
      return parent === root ? undefined : { ...TYPENAME, directives: unsettled(field.directives, conditions) };
    }
    if (isIntrospection(field) && parent === schema.getQueryType()) return undefined;
    const { type } = fieldDefinition(parent, field.name.value);
    const name = nameOf(field, parent);
    names.set(field, name);
    const inner = getNamedType(type);
    // The names inside are needed even when the field is denied: fragments are shared between places.
    const selectionSet =
      field.selectionSet && isCompositeType(inner) ? subselection(inner, field.selectionSet) : undefined;
    if (denied.has(field)) return undefined;
    const { alias: _, selectionSet: __, ...rest } = field;
    const alias = name === field.name.value ? {} : { alias: { kind: Kind.NAME, value: name } as const };
    const directives = unsettled(field.directives, conditions);
    return { ...rest, directives, ...alias, ...(selectionSet ? { selectionSet } : {}) };
  }

  function rewriteFragment(name: string): FragmentDefinitionNode | undefined {
    if (rewritten.has(name)) return rewritten.get(name);
    const fragment = fragments.get(name);
    const type = fragment && schema.getType(fragment.typeCondition.name.value);
    if (!fragment || !isCompositeType(type)) return undefined;
    const selections = rewriteAll(type, fragment.selectionSet);
    const made =
      selections.length > 0 ? { ...fragment, selectionSet: { ...fragment.selectionSet, selections } } : undefined;
    rewritten.set(name, made);
    return made;
  }

  function rewriteSpread(parent: GraphQLCompositeType, spread: FragmentSpreadNode): readonly SelectionNode[] {
    const fragment = rewriteFragment(spread.name.value);
    if (!fragment) return [];
    const directives = unsettled(spread.directives, conditions);
    const types = typesApart(parent, fragment.typeCondition.name.value);
    if (!types) return [{ ...spread, directives }];
    return apart(types, parent, directives, fragment.selectionSet.selections);
  }

  function rewriteInline(parent: GraphQLCompositeType, fragment: InlineFragmentNode): readonly SelectionNode[] {
    const condition = fragment.typeCondition?.name.value;
    const type = condition === undefined ? parent : schema.getType(condition);
    const selections = rewriteAll(isCompositeType(type) ? type : parent, fragment.selectionSet);
    if (selections.length === 0) return [];
    const directives = unsettled(fragment.directives, conditions);
    const types = typesApart(parent, condition);
    if (types) return apart(types, parent, directives, selections);
    return [inlineFragment(condition, directives, selections)];
  }

  /** Selections for each of some object types. */
  function apart(
    types: readonly GraphQLObjectType[],
    parent: GraphQLCompositeType,
    directives: readonly DirectiveNode[],
    selections: readonly SelectionNode[],
  ): SelectionNode[] {
    return types.flatMap((type) => {
      const narrowed = narrow(type, selections);
      if (narrowed.length === 0 || (type === parent && directives.length === 0)) return narrowed;
      return [inlineFragment(type === parent ? undefined : type.name, directives, narrowed)];
    });
  }

  /**
   * The planner fails over a fragment on another abstract type below an interface that a subgraph knows as an object only:
   * it is spread over the types that both have in common. Below an object type such a fragment says nothing, and the
   * planner fails over it as well where that type came from such an interface.
   */
  function typesApart(parent: GraphQLCompositeType, condition: string | undefined): GraphQLObjectType[] | undefined {
    const type = condition === undefined ? undefined : schema.getType(condition);
    if (!isAbstractType(type) || parent === type) return undefined;
    if (isObjectType(parent)) return isPossible(type, parent) ? [parent] : [];
    if (!isAbstractType(parent)) return undefined;
    if (!interfaceObjects.has(parent.name)) return undefined;
    return schema.getPossibleTypes(parent).filter((object) => isPossible(type, object));
  }

  const isPossible = (type: GraphQLAbstractType, object: GraphQLObjectType): boolean => schema.isSubType(type, object);

  function rewrite(parent: GraphQLCompositeType, selection: SelectionNode): readonly SelectionNode[] {
    // The planner would leave out a field of which nothing is left to ask for.
    if (isNever(selection.directives, conditions)) return [];
    if (selection.kind === Kind.FRAGMENT_SPREAD) return rewriteSpread(parent, selection);
    if (selection.kind === Kind.INLINE_FRAGMENT) return rewriteInline(parent, selection);
    const field = rewriteField(parent, selection);
    return field ? [field] : [];
  }

  function rewriteAll(parent: GraphQLCompositeType, set: SelectionSetNode): SelectionNode[] {
    return set.selections.flatMap((selection) => rewrite(parent, selection));
  }

  const rewrittenRoot = rewriteAll(root, operation.selectionSet);
  const isMutation = operation.operation === 'mutation';
  const selections = isMutation ? mergeByName(narrow(root, rewrittenRoot)) : rewrittenRoot;
  const kept = [...rewritten.values()].filter((fragment) => fragment !== undefined);
  const planned: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet: { ...operation.selectionSet, selections } }, ...kept],
  };
  return { operation, fragments, names, planned: selections.length > 0 ? planned : undefined };
}
