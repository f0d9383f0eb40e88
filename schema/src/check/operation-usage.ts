import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { SchemaChange } from './schema-change.ts';

/** Changes of something within what an operation names, rather than of what it names itself. */
const FELT_THROUGH_PARENT = /^(?:FIELD_ARGUMENT_ADDED|ENUM_VALUE_|INPUT_FIELD_|UNION_MEMBER_)/;

const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('.')));

/** The schema coordinates that an operation touches: types, fields, arguments, and what its variables are made of. */
export function coordinatesOf(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<string> {
  const used = new Set<string>();
  const addType = (type: GraphQLNamedType | undefined) => {
    if (!type || used.has(type.name)) return;
    used.add(type.name);
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) addType(getNamedType(field.type));
  };
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field() {
        used.add(`${info.getParentType()?.name}.${info.getFieldDef()?.name}`);
        addType(getNamedType(info.getType() ?? undefined));
      },
      Argument() {
        used.add(`${info.getParentType()?.name}.${info.getFieldDef()?.name}.${info.getArgument()?.name}`);
      },
      FragmentDefinition: ({ typeCondition }) => void used.add(typeCondition.name.value),
      InlineFragment: ({ typeCondition }) => void (typeCondition && used.add(typeCondition.name.value)),
      VariableDefinition: ({ type }) => addType(getNamedType(typeFromAST(schema, type))),
    }),
  );
  return used;
}

/** Says of each change which operations touch it. @param used what each operation touches, by its name. */
export function nameUsers(
  changes: readonly SchemaChange[],
  used: ReadonlyMap<string, ReadonlySet<string>>,
): SchemaChange[] {
  return changes.map((change) => {
    const place = FELT_THROUGH_PARENT.test(change.type) ? parentOf(change.path) : change.path;
    const usedBy = [...used].filter(([, coordinates]) => coordinates.has(place)).map(([name]) => name);
    return { ...change, usedBy };
  });
}
