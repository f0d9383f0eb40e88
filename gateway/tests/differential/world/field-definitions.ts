import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';

/** A type with fields as one subgraph writes it. */
export type FieldedNode = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** Whether a definition is of an object or interface. */
export const isFielded = (node: DefinitionNode): node is FieldedNode =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;

interface WithDirectives {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

/** All uses of a directive at one place, as their arguments. */
export function directivesOf(node: WithDirectives, name: string): Record<string, unknown>[] {
  return (node.directives ?? [])
    .filter((directive) => directive.name.value === name)
    .map(({ arguments: values = [] }) =>
      Object.fromEntries(values.map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)])),
    );
}

/** Whether a directive is used at a place. */
export const has = (node: WithDirectives, name: string): boolean => directivesOf(node, name).length > 0;

/** A field set as directives take it (`"id owner { id }"`), parsed. */
export function fieldSet(text: unknown): SelectionSetNode {
  const definition = parse(`{ ${String(text)} }`, { noLocation: true }).definitions[0];
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`no field set: ${String(text)}`);
  return definition.selectionSet;
}

/** A field as one subgraph defines it. */
export interface FieldDefinition {
  readonly subgraph: string;
  readonly node: FieldDefinitionNode;
  readonly isExternal: boolean;
  /** Another subgraph has taken the field over; this one must not be asked for it. */
  readonly isOverridden: boolean;
  readonly requires: SelectionSetNode | undefined;
  readonly provides: SelectionSetNode | undefined;
}

/** The fields of all subgraphs as written, by type (abstract ones too) and name. */
export type FieldDefinitions = ReadonlyMap<string, ReadonlyMap<string, readonly FieldDefinition[]>>;

const optionalSet = (node: FieldDefinitionNode, directive: string): SelectionSetNode | undefined => {
  const [use] = directivesOf(node, directive);
  return use && fieldSet(use.fields);
};

function overriddenFields(subgraphs: ReadonlyMap<string, DocumentNode>): Set<string> {
  const fields = [...subgraphs.values()].flatMap(({ definitions }) => definitions.filter(isFielded));
  return new Set(
    fields.flatMap((type) =>
      (type.fields ?? []).flatMap((field) =>
        directivesOf(field, 'override')
          .filter(({ label }) => label === undefined)
          .map(({ from }) => `${from}:${type.name.value}.${field.name.value}`),
      ),
    ),
  );
}

/** Reads the fields of all subgraphs. */
export function readFieldDefinitions(subgraphs: ReadonlyMap<string, DocumentNode>): FieldDefinitions {
  const overridden = overriddenFields(subgraphs);
  const byType = new Map<string, Map<string, FieldDefinition[]>>();
  for (const [subgraph, { definitions }] of subgraphs) {
    for (const type of definitions.filter(isFielded)) {
      const fields = byType.get(type.name.value) ?? new Map<string, FieldDefinition[]>();
      byType.set(type.name.value, fields);
      for (const node of type.fields ?? []) {
        const name = node.name.value;
        const definition: FieldDefinition = {
          subgraph,
          node,
          isExternal: has(node, 'external') || has(type, 'external'),
          isOverridden: overridden.has(`${subgraph}:${type.name.value}.${name}`),
          requires: optionalSet(node, 'requires'),
          provides: optionalSet(node, 'provides'),
        };
        fields.set(name, [...(fields.get(name) ?? []), definition]);
      }
    }
  }
  return byType;
}
