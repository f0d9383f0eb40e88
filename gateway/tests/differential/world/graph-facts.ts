import { type GraphQLSchema, isObjectType } from 'graphql';
import type { Graph } from '../graphs.ts';
import { readFieldDefinitions } from './field-definitions.ts';
import { type FieldFacts, readFieldFacts } from './field-facts.ts';
import { objectTypesOf, readRoles } from './field-roles.ts';
import { readContexts, readTypeFacts } from './type-directives.ts';

/** A graph, read for the world. */
export interface GraphFacts {
  readonly merged: GraphQLSchema;
  /** In the order of the merged schema; the position numbers its entities. */
  readonly entityTypes: readonly string[];
  /** Names of fields in keys and requirements, which make the aliases that an executor is likeliest to trip over. */
  readonly temptingNames: readonly string[];
  /** Whether all subgraphs agree about nulls everywhere: else a null stops at another place here and there. */
  readonly isUniform: boolean;
  /** @throws when the merged schema has no such field. */
  field(type: string, field: string): FieldFacts;
}

/** Reads a graph. */
export function readGraphFacts({ subgraphs, merged }: Graph): GraphFacts {
  const definitions = readFieldDefinitions(subgraphs);
  const types = readTypeFacts(subgraphs);
  const contexts = readContexts(subgraphs);
  const roles = readRoles({ merged, keys: types.keys, definitions, contexts });
  const sources = { merged, definitions, types, contexts, roles };
  const objects = Object.values(merged.getTypeMap()).filter(isObjectType);
  const read = objects
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => {
        return [`${type.name}.${field.name}`, readFieldFacts(sources, type, field)] as const;
      }),
    );
  const fields = new Map(read);
  const entities = new Set(types.keys.flatMap(({ type }) => objectTypesOf(merged, type).map(({ name }) => name)));

  return {
    merged,
    entityTypes: objects.map(({ name }) => name).filter((name) => entities.has(name)),
    temptingNames: [...new Set([...roles.keys()].map((id) => id.slice(id.indexOf('.') + 1)))].sort(),
    isUniform: [...fields.values()].every(({ isUniform }) => isUniform),
    field(type, field) {
      const facts = fields.get(`${type}.${field}`);
      if (!facts) throw new Error(`the merged schema has no field ${type}.${field}`);
      return facts;
    },
  };
}
