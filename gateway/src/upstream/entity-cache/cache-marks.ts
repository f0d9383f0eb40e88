import {
  type DirectiveNode,
  type GraphQLField,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type StringValueNode,
  valueFromASTUntyped,
} from 'graphql';

/** How long and for whom a field may be kept. */
export interface CacheMark {
  /** Seconds; 0 for never. */
  readonly maxAge: number;
  /** Whether what it shows depends on who asks, and on nothing else of the request. */
  readonly isPerViewer: boolean;
}

/** What a supergraph says about caching entities. */
export interface CacheMarks {
  /** Whether any field is marked: if not, nothing needs to be looked at. */
  readonly isEmpty: boolean;
  markOf(field: GraphQLField<unknown, unknown>): CacheMark | undefined;
  /** The fields of an entity's first key, which name it in tags; undefined for types that are no entities. */
  keyOf(typeName: string): readonly string[] | undefined;
  /** Whether the field is part of any key of the type. */
  isKeyField(typeName: string, fieldName: string): boolean;
}

/** Identifies the directive, whatever else is called `entityCache` in a foreign supergraph. */
export const CACHE_LINK = 'https://postbook.dev/cache/v1.0';

const DIRECTIVE = 'entityCache';
/** Keys with nested fields don't name an entity in a way that events could repeat. */
const SIMPLE_KEY = /^[\s,]*\w+([\s,]+\w+)*[\s,]*$/;

const argumentsOf = (directive: DirectiveNode): Readonly<Record<string, unknown>> =>
  Object.fromEntries((directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));

function isLinked(schema: GraphQLSchema): boolean {
  const nodes = [schema.astNode, ...schema.extensionASTNodes].flatMap((node) => node?.directives ?? []);
  return nodes.some(
    ({ name, arguments: given }) =>
      name.value === 'link' &&
      given?.some(({ value }) => value.kind === Kind.STRING && (value as StringValueNode).value === CACHE_LINK),
  );
}

function readMark(field: GraphQLField<unknown, unknown>): CacheMark | undefined {
  const directive = field.astNode?.directives?.find(({ name }) => name.value === DIRECTIVE);
  if (!directive) return undefined;
  const { maxAge, perViewer } = argumentsOf(directive);
  return { maxAge: Number(maxAge), isPerViewer: perViewer === true };
}

/** The simple keys of each entity, in the order of the supergraph. */
function readKeys(schema: GraphQLSchema): ReadonlyMap<string, readonly (readonly string[])[]> {
  const keys = new Map<string, string[][]>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    const joins = type.astNode?.directives?.filter(({ name }) => name.value === 'join__type') ?? [];
    const texts = joins.flatMap((join) => argumentsOf(join).key ?? []).map(String);
    const simple = [...new Set(texts)].filter((text) => SIMPLE_KEY.test(text));
    if (texts.length > 0)
      keys.set(
        type.name,
        simple.map((text) => text.split(/[\s,]+/).filter((name) => name !== '')),
      );
  }
  return keys;
}

/** Reads the marks of a supergraph, whose schema still has its directives. */
export function readCacheMarks(schema: GraphQLSchema): CacheMarks {
  const marks = new Map<GraphQLField<unknown, unknown>, CacheMark>();
  const keys = readKeys(schema);
  for (const type of isLinked(schema) ? Object.values(schema.getTypeMap()) : []) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const mark = readMark(field);
      if (mark) marks.set(field, mark);
    }
  }
  return {
    isEmpty: marks.size === 0,
    markOf: (field) => marks.get(field),
    keyOf: (typeName) => keys.get(typeName)?.[0] ?? (keys.has(typeName) ? [] : undefined),
    isKeyField: (typeName, fieldName) => keys.get(typeName)?.some((key) => key.includes(fieldName)) ?? false,
  };
}
