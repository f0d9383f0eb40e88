import { buildSchema, type ExecutionResult, execute, type GraphQLFieldResolver, parse, print, visit } from 'graphql';
import { feedSubgraphs } from './feed-subgraphs.ts';

type Resolvers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** All types of all subgraphs in one schema that knows nothing of federation. */
function mergedSdl(): string {
  const fields = new Map<string, Map<string, string>>();
  for (const { sdl } of feedSubgraphs) {
    visit(parse(sdl), {
      ObjectTypeDefinition({ name, fields: own = [] }) {
        const known = fields.get(name.value) ?? new Map<string, string>();
        for (const field of own) known.set(field.name.value, print(field));
        fields.set(name.value, known);
      },
    });
  }
  return [...fields].map(([type, own]) => `type ${type} { ${[...own.values()].join(' ')} }`).join('\n');
}

/** Answers as one server without subgraphs would give them: what every side is held to. */
export function createReference(): (query: string, variables: Readonly<Record<string, unknown>>) => unknown {
  const schema = buildSchema(mergedSdl());
  for (const { resolvers } of feedSubgraphs) {
    for (const [type, own] of Object.entries(resolvers as Resolvers)) {
      const fields =
        (schema.getType(type) as { getFields?(): Record<string, object> } | undefined)?.getFields?.() ?? {};
      for (const [name, resolve] of Object.entries(own)) {
        const field = fields[name] as { resolve?: GraphQLFieldResolver<unknown, unknown> } | undefined;
        if (field) field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
      }
    }
  }
  return (query, variables) => {
    const result = execute({ schema, document: parse(query), variableValues: variables }) as ExecutionResult;
    if (result.errors) throw new Error(`the reference has errors: ${result.errors.join('; ')}`);
    return JSON.parse(JSON.stringify({ data: result.data }));
  };
}
