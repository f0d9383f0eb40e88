import { type DocumentNode, type FieldDefinitionNode, Kind, type TypeNode, visit } from 'graphql';

const BUILT_IN = ['Int', 'Float', 'String', 'Boolean', 'ID'];
/** The scalar that says whatever it is told. */
export const ANYTHING = 'Anything';

function leafNames({ definitions }: DocumentNode): ReadonlySet<string> {
  const own = definitions.flatMap((node) =>
    node.kind === Kind.ENUM_TYPE_DEFINITION || node.kind === Kind.SCALAR_TYPE_DEFINITION ? [node.name.value] : [],
  );
  return new Set([...BUILT_IN, ...own]);
}

/** Field types as nullable as can be; `rename` may change the named ones. */
function loosen(document: DocumentNode, rename: (name: string) => string): DocumentNode {
  const loose = (type: TypeNode): TypeNode => {
    if (type.kind === Kind.NON_NULL_TYPE) return loose(type.type);
    if (type.kind === Kind.LIST_TYPE) return { ...type, type: loose(type.type) };
    return { ...type, name: { ...type.name, value: rename(type.name.value) } };
  };
  return visit(document, {
    FieldDefinition: (field): FieldDefinitionNode => ({ ...field, type: loose(field.type) }),
  });
}

/** The same schema where no field promises not to be null: what fails shows alone, without a parent's null. */
export const withoutNonNull = (document: DocumentNode): DocumentNode => loosen(document, (name) => name);

/** The same schema without any promise about nulls and leaf values, for a subgraph that lies. */
export function withoutPromises(document: DocumentNode): DocumentNode {
  const leaves = leafNames(document);
  const loose = loosen(document, (name) => (leaves.has(name) ? ANYTHING : name));
  const scalar = { kind: Kind.SCALAR_TYPE_DEFINITION, name: { kind: Kind.NAME, value: ANYTHING } } as const;
  return { ...loose, definitions: [...loose.definitions, scalar] };
}
