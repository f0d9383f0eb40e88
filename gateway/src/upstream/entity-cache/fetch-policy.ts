import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { CacheMark, CacheMarks } from './cache-marks.ts';

/** How entities of one type that one fetch asks for may be kept. */
export interface EntityPolicy extends CacheMark {
  /** What is asked for, in one form whatever operation it is part of. */
  readonly selection: string;
  /** Whether what is asked for depends on variables. */
  readonly usesVariables: boolean;
  /** Names of the fields that name the entity. */
  readonly key: readonly string[];
}

/** By type name; types that are absent aren't kept. */
export type FetchPolicy = ReadonlyMap<string, EntityPolicy>;

/** What a supergraph says, for deciding about fetches. */
export interface PolicySource {
  readonly schema: GraphQLSchema;
  readonly marks: CacheMarks;
}

/** The narrower of two marks; undefined when one of them forbids it. */
function narrower(one: CacheMark, other: CacheMark | undefined): CacheMark | undefined {
  if (!other || other.maxAge <= 0) return undefined;
  return {
    maxAge: Math.min(one.maxAge, other.maxAge),
    isPerViewer: one.isPerViewer || other.isPerViewer,
  };
}

const UNBOUNDED: CacheMark = { maxAge: Number.POSITIVE_INFINITY, isPerViewer: false };

/**
 * Goes through what is asked of a type. Every field of the entity itself must be marked; below one, its mark holds for all
 * that isn't marked more narrowly. What belongs to another entity is never part of a value, as its changes come under
 * another name: only its key may be.
 */
function createReader({ schema, marks }: PolicySource, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  function read(
    set: SelectionSetNode,
    typeName: string,
    so: CacheMark,
    inherited: CacheMark | undefined,
  ): CacheMark | undefined {
    let mark: CacheMark | undefined = so;
    for (const selection of set.selections) {
      if (!mark) return undefined;
      if (selection.kind === Kind.FIELD) {
        mark = readField(selection.name.value, selection.selectionSet, typeName, mark, inherited);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (!fragment || (fragment.typeCondition?.name.value ?? typeName) !== typeName) return undefined;
      mark = read(fragment.selectionSet, typeName, mark, inherited);
    }
    return mark;
  }

  function readField(
    name: string,
    below: SelectionSetNode | undefined,
    typeName: string,
    so: CacheMark,
    inherited: CacheMark | undefined,
  ): CacheMark | undefined {
    const isKey = marks.isKeyField(typeName, name);
    if (name === '__typename' || (isKey && !below)) return so;
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[name] : undefined;
    if (!field) return undefined;
    const own = marks.markOf(field) ?? inherited;
    const mark = narrower(so, own);
    if (!mark || !below) return mark;
    const belowType = getNamedType(field.type);
    if (isAbstractType(belowType)) return undefined;
    // Of another entity, nothing but the key: its fields would need marks of their own, and there are none to inherit.
    return marks.keyOf(belowType.name)
      ? readKeyOnly(below, belowType.name, mark)
      : read(below, belowType.name, mark, own);
  }

  const readKeyOnly = (set: SelectionSetNode, typeName: string, so: CacheMark): CacheMark | undefined =>
    set.selections.every(
      (selection) =>
        selection.kind === Kind.FIELD &&
        (selection.name.value === '__typename' || marks.isKeyField(typeName, selection.name.value)),
    )
      ? so
      : undefined;

  return (set: SelectionSetNode, typeName: string) => read(set, typeName, UNBOUNDED, undefined);
}

function usesVariables(set: SelectionSetNode): boolean {
  let found = false;
  visit(set, {
    Variable() {
      found = true;
    },
  });
  return found;
}

/** What the fetch asks of entities, by type; undefined when it asks for anything else, or not in the planner's way. */
function entitySelections(document: DocumentNode): ReadonlyMap<string, SelectionSetNode[]> | undefined {
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const [root, ...others] = operation?.selectionSet.selections ?? [];
  if (others.length > 0 || root?.kind !== Kind.FIELD || root.name.value !== '_entities' || root.alias) return undefined;
  const byType = new Map<string, SelectionSetNode[]>();
  for (const selection of root.selectionSet?.selections ?? []) {
    if (selection.kind === Kind.FIELD && selection.name.value === '__typename') continue;
    if (selection.kind !== Kind.INLINE_FRAGMENT || !selection.typeCondition || selection.directives?.length)
      return undefined;
    const name = selection.typeCondition.name.value;
    byType.set(name, [...(byType.get(name) ?? []), selection.selectionSet]);
  }
  return byType;
}

/** Decides which entities of a fetch may be kept, from its text and the marks. Nothing may unless everything is marked. */
export function readFetchPolicy(query: string, source: PolicySource): FetchPolicy {
  const policy = new Map<string, EntityPolicy>();
  const document = parse(query, { noLocation: true });
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const read = createReader(source, fragments);
  const selections = entitySelections(document) ?? new Map<string, SelectionSetNode[]>();
  // A fragment on an interface may add fields to what is asked of any type.
  if ([...selections.keys()].some((name) => !isObjectType(source.schema.getType(name)))) return policy;
  for (const [typeName, sets] of selections) {
    const set: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: sets.flatMap(({ selections: all }) => all) };
    const mark = read(set, typeName);
    const key = source.marks.keyOf(typeName) ?? [];
    if (!mark || key.length === 0 || !Number.isFinite(mark.maxAge)) continue;
    const parts = [set, ...fragments.values()];
    policy.set(typeName, {
      ...mark,
      key,
      selection: parts.map((part) => print(part)).join('\n'),
      usesVariables: [set, ...[...fragments.values()].map(({ selectionSet }) => selectionSet)].some(usesVariables),
    });
  }
  return policy;
}
