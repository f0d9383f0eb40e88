import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { AccessRequirement, AccessRequirements } from './access-requirements.ts';

/** A field of an operation that not everybody may ask for. */
export interface GuardedField {
  readonly node: FieldNode;
  /** `Type.field`. */
  readonly coordinate: string;
  /** All of them must be met. */
  readonly all: readonly AccessRequirement[];
  /** All requirements of at least one of these must be met: the types that may come. Empty when it doesn't matter. */
  readonly anyOf: readonly (readonly AccessRequirement[])[];
}

/**
 * Met by nobody. For fields that the supergraph in force doesn't have: the document was validated against the one before,
 * whose rules are gone.
 */
const NOBODY: AccessRequirement = { authenticated: true, scopes: [], policies: undefined };

const TYPENAME = '__typename';

/** Whether fields are asked of whatever type comes, rather than in a fragment on one. */
const asksDirectly = (node: FieldNode): boolean =>
  node.selectionSet?.selections.some(({ kind, ...rest }) => {
    return kind === Kind.FIELD && (rest as Partial<FieldNode>).name?.value !== TYPENAME;
  }) ?? false;

/** Looks requirements up for the fields of one schema. */
function createLookup(schema: GraphQLSchema, requirements: AccessRequirements) {
  const of = (coordinate: string): AccessRequirement[] => {
    const found = requirements.get(coordinate);
    return found ? [found] : [];
  };
  const typesOf = (type: GraphQLNamedType) => (isAbstractType(type) ? schema.getPossibleTypes(type) : []);
  const ofType = (type: GraphQLNamedType) => [type, ...typesOf(type)].flatMap(({ name }) => of(name));

  /** What is asked of an interface is asked of each of its types: the strictest decides. */
  const ofField = (parent: GraphQLCompositeType, field: string) =>
    [parent, ...typesOf(parent)].flatMap(({ name }) => of(`${name}.${field}`));

  return {
    all(parent: GraphQLCompositeType, node: FieldNode, returned: GraphQLNamedType): AccessRequirement[] {
      const needsReturned = !isAbstractType(returned) || (isInterfaceType(returned) && asksDirectly(node));
      return [...ofType(parent), ...ofField(parent, node.name.value), ...(needsReturned ? ofType(returned) : [])];
    },
    /** Where the viewer may see none of the types that can come, that one came is told to nobody either. */
    anyOf(returned: GraphQLNamedType): (readonly AccessRequirement[])[] {
      const each = typesOf(returned).map(({ name }) => of(name));
      return each.every((some) => some.length > 0) ? each : [];
    },
  };
}

/**
 * Finds the guarded fields of an operation, each once, however often its fragment is spread: where a field stands in the
 * document decides which type it is asked of, and that type's requirements hold wherever the fragment is used. Fields
 * within a guarded one are found too. `__typename` is guarded by nothing but the field around it, and introspection by
 * nothing at all.
 */
export function findGuardedFields(
  schema: GraphQLSchema,
  requirements: AccessRequirements,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): GuardedField[] {
  if (requirements.size === 0) return [];
  const lookup = createLookup(schema, requirements);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const guarded: GuardedField[] = [];
  const waiting: ASTNode[] = [operation];
  const info = new TypeInfo(schema);

  function look(node: FieldNode): false | undefined {
    const [parent, type] = [info.getParentType(), info.getType()];
    const name = node.name.value;
    if (name.startsWith('__')) return name === TYPENAME ? undefined : false;
    if (!parent || !type) {
      guarded.push({ node, coordinate: `${parent?.name ?? '?'}.${name}`, all: [NOBODY], anyOf: [] });
      return undefined;
    }
    const returned = getNamedType(type);
    const [all, anyOf] = [lookup.all(parent, node, returned), lookup.anyOf(returned)];
    if (all.length > 0 || anyOf.length > 0) guarded.push({ node, coordinate: `${parent.name}.${name}`, all, anyOf });
    return undefined;
  }

  function follow(name: string): void {
    const fragment = fragments.get(name);
    // Each once: it is taken out when it is first met.
    if (fragment && fragments.delete(name)) waiting.push(fragment);
  }

  for (let node = waiting.shift(); node; node = waiting.shift()) {
    visit(node, visitWithTypeInfo(info, { Field: look, FragmentSpread: ({ name }) => follow(name.value) }));
  }
  return guarded;
}
