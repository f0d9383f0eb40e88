import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { isIntrospection } from '../canonical/canonical-naming.ts';
import { fieldDefinition } from '../canonical/document-parts.ts';
import type { Variables } from '../prepared-operation.ts';

/** Where a field's value comes from. */
export type FieldSource = 'tree' | 'typename' | 'introspection' | 'denied';

/** One field of an object in a response. */
export interface ShapeField {
  readonly responseName: string;
  /** Where it is in the tree. */
  readonly key: string;
  readonly name: string;
  readonly source: FieldSource;
  readonly type: GraphQLOutputType;
  /** All occurrences, of which the selections are merged. */
  readonly nodes: readonly FieldNode[];
  /** For objects: their fields, by type. */
  readonly inside: ShapesByType;
}

/** The fields of an object of one type in a response, in the order of the response. */
export interface ObjectShape {
  readonly type: GraphQLObjectType | GraphQLInterfaceType;
  readonly fields: readonly ShapeField[];
  /** Whether it is that of an interface, and the operation asks for more or less of it depending on the object's type. */
  readonly isTypeNeeded: boolean;
}

/** Shapes of one place in a response, made when the first object of a type comes there. */
export interface ShapesByType {
  /** Undefined when clients know no such type. An interface is one where a subgraph knows it as an object. */
  of(typeName: string): ObjectShape | undefined;
}

/** Options of {@link createShapes}. */
export interface ShapeOptions {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly names: ReadonlyMap<FieldNode, string>;
  readonly denied: ReadonlySet<FieldNode>;
  /** Those that `@skip` and `@include` look at. */
  readonly conditions: Variables;
}

type FieldsType = GraphQLObjectType | GraphQLInterfaceType;

function isTrue({ arguments: given }: DirectiveNode, conditions: Variables): boolean {
  const value = given?.find(({ name }) => name.value === 'if')?.value;
  if (value?.kind === Kind.VARIABLE) return conditions[value.name.value] === true;
  return value?.kind === Kind.BOOLEAN && value.value;
}

/** Whether a selection is part of the operation under given variables. */
function isIncluded(directives: readonly DirectiveNode[] | undefined, conditions: Variables): boolean {
  if (!directives || directives.length === 0) return true;
  return directives.every((directive) => {
    if (directive.name.value === 'skip') return !isTrue(directive, conditions);
    return directive.name.value !== 'include' || isTrue(directive, conditions);
  });
}

/** The shapes at the root, or wherever a list of selection sets applies, as graphql-js collects fields. */
export function createShapes(sets: readonly SelectionSetNode[], options: ShapeOptions): ShapesByType {
  const { schema, fragments, names, denied, conditions } = options;
  const known = new Map<string, ObjectShape>();

  function applies(condition: string | undefined, type: FieldsType): boolean {
    if (condition === undefined || condition === type.name) return true;
    const wanted = schema.getType(condition);
    return isAbstractType(wanted) && schema.isSubType(wanted, type);
  }

  function collect(type: FieldsType, set: SelectionSetNode, into: Map<string, FieldNode[]>, seen: Set<string>): void {
    for (const selection of set.selections) {
      if (!isIncluded(selection.directives, conditions)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const nodes = into.get(name);
        if (nodes) nodes.push(selection);
        else into.set(name, [selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (applies(selection.typeCondition?.name.value, type)) collect(type, selection.selectionSet, into, seen);
        else seen.add(OTHER_TYPE);
      } else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment && applies(fragment.typeCondition.name.value, type)) {
          collect(type, fragment.selectionSet, into, seen);
        } else seen.add(OTHER_TYPE);
      }
    }
  }

  function sourceOf(type: FieldsType, first: FieldNode): FieldSource {
    if (first.name.value === '__typename') return 'typename';
    if (isIntrospection(first) && type === schema.getQueryType()) return 'introspection';
    return denied.has(first) ? 'denied' : 'tree';
  }

  function fieldOf(type: FieldsType, responseName: string, occurrences: readonly FieldNode[]): ShapeField {
    // What is denied is taken out with its selection; only where nothing else is left, the name is answered for it.
    const allowed = occurrences.filter((node) => !denied.has(node));
    const nodes = allowed.length > 0 ? allowed : occurrences;
    const [first] = nodes;
    if (!first) throw new Error('a field without an occurrence');
    const name = first.name.value;
    const source = sourceOf(type, first);
    const isMeta = source === 'typename' || source === 'introspection';
    return {
      responseName,
      key: names.get(first) ?? name,
      name,
      source,
      type: isMeta ? META_TYPE(schema) : fieldDefinition(type, name).type,
      nodes,
      inside: createShapes(
        nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
        options,
      ),
    };
  }

  return {
    of(typeName) {
      const shape = known.get(typeName);
      if (shape) return shape;
      const type = schema.getType(typeName);
      if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
      const collected = new Map<string, FieldNode[]>();
      const seen = new Set<string>();
      for (const set of sets) collect(type, set, collected, seen);
      const fields = [...collected].map(([name, nodes]) => fieldOf(type, name, nodes));
      const isTypeNeeded = isInterfaceType(type) && (seen.has(OTHER_TYPE) || fields.some(isTypename));
      const made = { type, fields, isTypeNeeded };
      known.set(typeName, made);
      return made;
    },
  };
}

/** Among the fragments seen, stands for one on another type; no fragment can have this name. */
const OTHER_TYPE = '...';

const isTypename = ({ source }: ShapeField): boolean => source === 'typename';

/** Type of what isn't read from the tree: it is never looked at. */
const META_TYPE = (schema: GraphQLSchema): GraphQLOutputType => {
  const type = schema.getType('String');
  if (!type) throw new Error('a schema without String');
  return type as GraphQLOutputType;
};
