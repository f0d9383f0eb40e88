import {
  buildASTSchema,
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  parse,
  printSchema,
} from 'graphql';
import type { Graph } from './graphs.ts';
import type { JsonValue } from './json.ts';
import { askWhole, type OnFailure, selectFrom } from './world/field-set-values.ts';
import { withoutNonNull } from './world/loose-sdl.ts';
import type { Thing, World } from './world/world.ts';

/** A request of a client. */
export interface ClientRequest {
  readonly document: DocumentNode;
  /** The document's text. */
  readonly query: string;
  readonly variables: Readonly<Record<string, JsonValue>>;
  readonly operationName?: string | undefined;
}

/** What graphql-js makes of a request over the merged schema, and what else may rightly be said about it. */
export interface ReferenceAnswer {
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: readonly GraphQLError[];
  /** The data if no field promised not to be null: what is null here is so for itself. */
  readonly unbubbled: unknown;
  /** Errors of every field by itself, also where a null bubbled over it. */
  readonly possible: readonly GraphQLError[];
  /** Codes of fields that failed while they were only needed to compute others, which took them for null. */
  readonly hidden: ReadonlySet<string>;
}

interface ReferenceContext {
  readonly world: World;
  readonly hidden: Set<string>;
}

/** Remembers how things were reached. */
function adopt(value: unknown, parent: Thing): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Error) return value;
  if (Array.isArray(value)) return value.map((item) => adopt(item, parent));
  return 'ref' in value && 'type' in value ? { ...value, parent } : value;
}

/** Arguments that the gateway fills from further up. */
function inheritedArguments(world: World, thing: Thing, field: string, onFailure: OnFailure): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, sources } of world.facts.field(thing.type, field).contextArguments) {
    let holder = thing.parent;
    while (holder && !sources.has(holder.type)) holder = holder.parent;
    const source = holder && sources.get(holder.type);
    if (!holder || !source) continue;
    const [value] = Object.values(selectFrom(world, holder, source, onFailure) as Record<string, unknown>);
    values[name] = value;
  }
  return values;
}

function resolveField(
  root: Thing | undefined,
  args: Record<string, unknown>,
  { world, hidden }: ReferenceContext,
  { parentType, fieldName }: GraphQLResolveInfo,
): unknown {
  const thing = root ?? { type: parentType.name, ref: parentType.name };
  const onFailure = (error: Error) => hidden.add(String((error as GraphQLError).extensions.code));
  const whole = { ...args, ...inheritedArguments(world, thing, fieldName, onFailure) };
  return adopt(askWhole(world, thing, fieldName, whole, onFailure), thing);
}

function attach(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type)) type.resolveType = (thing: Thing) => thing.type;
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) field.resolve = resolveField;
  }
  return schema;
}

/** Executes the merged schema with graphql-js. Each answer takes two worlds alike, as mutations leave traces. */
export function createReference({ api }: Graph) {
  const schema = attach(api);
  const loose = attach(buildASTSchema(withoutNonNull(parse(printSchema(api)))));

  async function run(
    on: GraphQLSchema,
    { document, variables, operationName }: ClientRequest,
    contextValue: ReferenceContext,
  ) {
    return execute({
      schema: on,
      document,
      variableValues: variables,
      operationName: operationName ?? null,
      contextValue,
    });
  }

  return async (request: ClientRequest, world: World, twin: World): Promise<ReferenceAnswer> => {
    const hidden = new Set<string>();
    const strict = await run(schema, request, { world, hidden });
    const every = await run(loose, request, { world: twin, hidden });
    const data = strict.data && (JSON.parse(JSON.stringify(strict.data)) as Record<string, unknown>);
    return { data, errors: strict.errors ?? [], unbubbled: every.data, possible: every.errors ?? [], hidden };
  };
}
