import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';
import { directivesOf, fieldSet, has, isFielded } from './field-definitions.ts';

/** One `@key` of one type in one subgraph. */
export interface KeyOfType {
  readonly subgraph: string;
  readonly type: string;
  readonly fields: SelectionSetNode;
}

/** What subgraphs say of their types. */
export interface TypeFacts {
  readonly keys: readonly KeyOfType[];
  /** The subgraphs that have an interface as an object, by its name. */
  readonly interfaceObjects: ReadonlyMap<string, ReadonlySet<string>>;
  /** Values of an enum in a subgraph. */
  valuesOf(subgraph: string, type: string): readonly string[] | undefined;
  /** Object types of an interface or union in a subgraph; undefined when it is neither there. */
  membersOf(subgraph: string, type: string): readonly string[] | undefined;
}

/** Reads keys, interface objects, enums and abstract types. */
export function readTypeFacts(subgraphs: ReadonlyMap<string, DocumentNode>): TypeFacts {
  const keys: KeyOfType[] = [];
  const interfaceObjects = new Map<string, Set<string>>();
  const values = new Map<string, string[]>();
  const members = new Map<string, string[]>();
  for (const [subgraph, { definitions }] of subgraphs) {
    for (const node of definitions) {
      if (node.kind === Kind.ENUM_TYPE_DEFINITION)
        values.set(
          `${subgraph}:${node.name.value}`,
          (node.values ?? []).map(({ name }) => name.value),
        );
      if (node.kind === Kind.UNION_TYPE_DEFINITION)
        members.set(
          `${subgraph}:${node.name.value}`,
          (node.types ?? []).map(({ name }) => name.value),
        );
      if (!isFielded(node)) continue;
      const type = node.name.value;
      for (const { fields } of directivesOf(node, 'key')) keys.push({ subgraph, type, fields: fieldSet(fields) });
      if (has(node, 'interfaceObject'))
        interfaceObjects.set(type, new Set([...(interfaceObjects.get(type) ?? []), subgraph]));
      if (node.kind === Kind.INTERFACE_TYPE_DEFINITION && !members.has(`${subgraph}:${type}`))
        members.set(`${subgraph}:${type}`, []);
      if (node.kind === Kind.OBJECT_TYPE_DEFINITION)
        for (const { name } of node.interfaces ?? [])
          members.set(`${subgraph}:${name.value}`, [...(members.get(`${subgraph}:${name.value}`) ?? []), type]);
    }
  }
  return {
    keys,
    interfaceObjects,
    valuesOf: (subgraph, type) => values.get(`${subgraph}:${type}`),
    membersOf: (subgraph, type) => members.get(`${subgraph}:${type}`),
  };
}

/** Where the value of a contextual argument comes from. */
export interface ContextSource {
  readonly sources: ReadonlyMap<string, SelectionSetNode>;
}

/** Splits `"$name ... on A { x } ... on B { y }"` or `"$name { x }"` for each type that sets the context. */
function sourcesOf(text: string, types: readonly string[]): ReadonlyMap<string, SelectionSetNode> {
  const { selections } = fieldSet(text.replace(/^\s*\$\w+/, '').replace(/^\s*\{(.*)\}\s*$/s, '$1'));
  return new Map(
    types.flatMap((type) => {
      const own = selections.find((s) => s.kind === Kind.INLINE_FRAGMENT && s.typeCondition?.name.value === type);
      if (own?.kind === Kind.INLINE_FRAGMENT) return [[type, own.selectionSet] as const];
      const isPlain = selections.every(({ kind }) => kind === Kind.FIELD);
      return isPlain ? [[type, { kind: Kind.SELECTION_SET, selections }] as const] : [];
    }),
  );
}

/** Contextual arguments by `subgraph:Type.field(argument)`. */
export function readContexts(subgraphs: ReadonlyMap<string, DocumentNode>): ReadonlyMap<string, ContextSource> {
  const contexts = new Map<string, ContextSource>();
  for (const [subgraph, { definitions }] of subgraphs) {
    const types = definitions.filter(isFielded);
    for (const type of types)
      for (const field of type.fields ?? [])
        for (const argument of field.arguments ?? [])
          for (const { field: text } of directivesOf(argument, 'fromContext')) {
            const context = /^\s*\$(\w+)/.exec(String(text))?.[1];
            const setters = types.filter((t) => directivesOf(t, 'context').some(({ name }) => name === context));
            const place = `${subgraph}:${type.name.value}.${field.name.value}(${argument.name.value})`;
            contexts.set(place, {
              sources: sourcesOf(
                String(text),
                setters.map(({ name }) => name.value),
              ),
            });
          }
  }
  return contexts;
}
