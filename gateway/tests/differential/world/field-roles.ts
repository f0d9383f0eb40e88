import {
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { FieldDefinitions } from './field-definitions.ts';
import type { ContextSource, KeyOfType } from './type-directives.ts';
import { shapeOfType } from './value-shape.ts';

/** `key`: part of some key, never null and the same for every seed. `input`: needed to compute another field. */
export type FieldRole = 'key' | 'input' | 'plain';

/** The object types that a type stands for. */
export function objectTypesOf(merged: GraphQLSchema, name: string): readonly GraphQLObjectType[] {
  const type = merged.getType(name);
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? merged.getPossibleTypes(type) : [];
}

type OnField = (type: string, field: string) => void;

/** Calls back for each field of each object type that a field set may touch. */
function eachField(merged: GraphQLSchema, type: string, set: SelectionSetNode, visit: OnField): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT)
      eachField(merged, selection.typeCondition?.name.value ?? type, selection.selectionSet, visit);
    if (selection.kind !== Kind.FIELD) continue;
    for (const object of objectTypesOf(merged, type)) {
      const field = object.getFields()[selection.name.value];
      if (!field) continue;
      visit(object.name, field.name);
      if (selection.selectionSet) eachField(merged, shapeOfType(field.type).named, selection.selectionSet, visit);
    }
  }
}

/** Where roles are read from. */
export interface RoleSources {
  readonly merged: GraphQLSchema;
  readonly keys: readonly KeyOfType[];
  readonly definitions: FieldDefinitions;
  readonly contexts: ReadonlyMap<string, ContextSource>;
}

/** The roles of all fields that aren't plain, by `Type.field`. */
export function readRoles({ merged, keys, definitions, contexts }: RoleSources): ReadonlyMap<string, FieldRole> {
  const roles = new Map<string, FieldRole>();
  const mark =
    (role: FieldRole): OnField =>
    (type, field) => {
      if (roles.get(`${type}.${field}`) !== 'key') roles.set(`${type}.${field}`, role);
    };
  for (const { type, fields } of keys) eachField(merged, type, fields, mark('key'));
  for (const [type, fields] of definitions)
    for (const { requires } of [...fields.values()].flat())
      if (requires) eachField(merged, type, requires, mark('input'));
  for (const { sources } of contexts.values())
    for (const [type, set] of sources) eachField(merged, type, set, mark('input'));
  return roles;
}
