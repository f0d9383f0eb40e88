import {
  type ArgumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isUnionType,
  Kind,
  print,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { fits, type Scope, shapeText, type Taken, take } from './response-names.ts';

const META = [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef];

/** A field of a type, those that every type has included. */
export function fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> {
  const field = META.find((meta) => meta.name === name) ?? (isUnionType(type) ? undefined : type.getFields()[name]);
  if (!field) throw new Error(`${type.name} has no field ${name}`);
  return field;
}

/** What a selection puts under its response name. */
export function takenBy(parent: GraphQLCompositeType, name: string, args: readonly ArgumentNode[]): Taken {
  return { parent, call: `${name}(${args.map(print).join(', ')})`, shape: shapeText(fieldOf(parent, name).type) };
}

/** Tells whether a fragment that was written for one place may be spread at another. */
export function createFragmentReuse(schema: GraphQLSchema, fragments: readonly FragmentDefinitionNode[]) {
  type Visit = (scope: Scope | undefined, name: string, selection: Taken) => Scope | undefined | false;

  /** Goes through what a selection set would put into a scope; stops and is false when the callback is. */
  function replay(
    { selections }: SelectionSetNode,
    parent: GraphQLCompositeType,
    scope: Scope | undefined,
    visit: Visit,
  ): boolean {
    return selections.every((node) => {
      if (node.kind === Kind.FIELD) {
        const taken = takenBy(parent, node.name.value, node.arguments ?? []);
        const below = visit(scope, (node.alias ?? node.name).value, taken);
        if (below === false) return false;
        const type = getNamedType(fieldOf(parent, node.name.value).type);
        return !node.selectionSet || !isCompositeType(type) || replay(node.selectionSet, type, below, visit);
      }
      const isSpread = node.kind === Kind.FRAGMENT_SPREAD;
      const fragment = isSpread ? fragments.find(({ name }) => name.value === node.name.value) : node;
      const condition = fragment?.typeCondition ? schema.getType(fragment.typeCondition.name.value) : parent;
      return !fragment || !isCompositeType(condition) || replay(fragment.selectionSet, condition, scope, visit);
    });
  }

  /** Takes all response names of a fragment in a scope, unless one of them doesn't fit. */
  return function reuse({ selectionSet }: FragmentDefinitionNode, type: GraphQLCompositeType, scope: Scope): boolean {
    const isFree = replay(selectionSet, type, scope, (place, name, taken) =>
      place && !fits(place, name, taken) ? false : place?.names.get(name)?.below,
    );
    return isFree && replay(selectionSet, type, scope, (place, name, taken) => place && take(place, name, taken));
  };
}
