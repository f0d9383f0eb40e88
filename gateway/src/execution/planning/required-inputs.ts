import {
  type FieldDefinitionNode,
  type FieldNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  type TypeNode,
} from 'graphql';
import { printArguments } from '../canonical/canonical-naming.ts';

/** A required input under arguments, as its owner knows it. */
export interface Requirement {
  readonly field: string;
  /** As GraphQL, such as `currency:USD`. */
  readonly arguments: string;
}

/** Where one field finds its inputs: by the path that they have in a representation, the field that stands for each. */
export type RequirementsOfField = ReadonlyMap<string, string>;

type FieldsNode = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** The selection of a field set such as `price(currency: USD) weight`. */
export function parseFieldSet(text: string): SelectionSetNode {
  const [definition] = parse(`{${text}}`, { noLocation: true }).definitions;
  return (definition as OperationDefinitionNode).selectionSet;
}

const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));

/** Gives required inputs names of their own. */
export function createRequirements(types: ReadonlyMap<string, FieldsNode>) {
  const requirements = new Map<string, Requirement>();
  const added = new Map<string, FieldDefinitionNode[]>();
  const taken = new Set([...types.values()].flatMap(({ fields = [] }) => fields.map(({ name }) => name.value)));

  const definitionOf = (type: string, field: string) =>
    types.get(type)?.fields?.find(({ name }) => name.value === field);

  function nameFor(field: FieldNode): string {
    const given = printArguments(field);
    for (const [name, known] of requirements) {
      if (known.field === field.name.value && known.arguments === given) return name;
    }
    let name = `req__${field.name.value}__${requirements.size}`;
    while (taken.has(name)) name = `${name}_`;
    requirements.set(name, { field: field.name.value, arguments: given });
    return name;
  }

  /** Adds the field to a type, and to all that implement it. */
  function add(type: string, field: string, name: string): void {
    const implementing = [...types.values()].filter(({ interfaces = [] }) =>
      interfaces.some((implemented) => implemented.name.value === type),
    );
    for (const holder of [type, ...implementing.map((node) => node.name.value)]) {
      const fields = added.get(holder) ?? [];
      const definition = definitionOf(holder, field);
      if (!definition || fields.some((known) => known.name.value === name)) continue;
      const { description: _, arguments: __, ...rest } = definition;
      added.set(holder, [...fields, { ...rest, name: { kind: Kind.NAME, value: name } }]);
    }
  }

  function rewriteSet(
    type: string,
    set: SelectionSetNode,
    path: string,
    needed: Map<string, string>,
  ): SelectionSetNode {
    const rewriteOne = (selection: SelectionNode): SelectionNode => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value ?? type;
        return { ...selection, selectionSet: rewriteSet(condition, selection.selectionSet, path, needed) };
      }
      const field = selection.name.value;
      const definition = definitionOf(type, field);
      const hasArguments = (selection.arguments ?? []).length > 0;
      const name = hasArguments ? nameFor(selection) : field;
      if (hasArguments) add(type, field, name);
      const below = path === '' ? field : `${path}.${field}`;
      needed.set(below, name);
      const inside =
        selection.selectionSet && definition
          ? { selectionSet: rewriteSet(namedType(definition.type), selection.selectionSet, below, needed) }
          : {};
      return { ...selection, name: { kind: Kind.NAME, value: name }, arguments: [], ...inside };
    };
    return { ...set, selections: set.selections.map(rewriteOne) };
  }

  return {
    requirements: requirements as ReadonlyMap<string, Requirement>,
    /** Fields to be added, by type. */
    added: added as ReadonlyMap<string, readonly FieldDefinitionNode[]>,
    /** A `@requires` of a type with its inputs renamed; as it was when none takes arguments. */
    rewrite(type: string, text: string): { text: string; needed: RequirementsOfField } {
      const needed = new Map<string, string>();
      const rewritten = rewriteSet(type, parseFieldSet(text), '', needed);
      const isSame = [...needed].every(([path, name]) => path.split('.').at(-1) === name);
      return { text: isSame ? text : stripIgnoredCharacters(print(rewritten)).slice(1, -1), needed };
    },
  };
}
