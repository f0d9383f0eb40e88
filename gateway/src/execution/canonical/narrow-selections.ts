import {
  doTypesOverlap,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql';
import { fieldDefinition } from './document-parts.ts';
import { inlineFragment } from './inline-fragment.ts';

/** Options of {@link createNarrowing}. */
export interface NarrowingOptions {
  readonly schema: GraphQLSchema;
  /** A fragment as it is to be planned; undefined when nothing of it is. */
  readonly fragmentOf: (name: string) => FragmentDefinitionNode | undefined;
  /** What is selected where nothing else is left. */
  readonly placeholder: (type: GraphQLCompositeType) => FieldNode;
}

/** Takes out of selections what can't be for objects of a type, named fragments spread. */
export type Narrow = (type: GraphQLCompositeType, selections: readonly SelectionNode[]) => SelectionNode[];

/**
 * Makes the narrowing of one document. For an object type no fragment on another type is left; below, fields may have
 * narrower types than where they were selected, so that the same is done for what is inside.
 */
export function createNarrowing({ schema, fragmentOf, placeholder }: NarrowingOptions): Narrow {
  function narrowField(parent: GraphQLCompositeType, field: FieldNode): FieldNode {
    if (!field.selectionSet) return field;
    const inner = getNamedType(fieldDefinition(parent, field.name.value).type);
    if (!isCompositeType(inner)) return field;
    const left = narrow(inner, field.selectionSet.selections);
    return {
      ...field,
      selectionSet: { ...field.selectionSet, selections: left.length > 0 ? left : [placeholder(inner)] },
    };
  }

  const narrow: Narrow = (type, selections) =>
    selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.FIELD) return [narrowField(type, selection)];
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(selection.name.value);
      if (!fragment) return [];
      const condition = fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : type;
      if (!isCompositeType(condition) || !doTypesOverlap(schema, type, condition)) return [];
      const isSettled = isObjectType(type) || condition === type;
      const inside = narrow(isSettled ? type : condition, fragment.selectionSet.selections);
      const isPlain = isSettled && (selection.directives ?? []).length === 0;
      if (isPlain || inside.length === 0) return inside;
      return [inlineFragment(isSettled ? undefined : condition.name, selection.directives, inside)];
    });
  return narrow;
}
