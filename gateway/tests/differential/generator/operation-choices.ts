import fc from 'fast-check';
import {
  doTypesOverlap,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isUnionType,
} from 'graphql';
import type { ConditionChoice, OperationChoice, SelectionChoice } from './choices.ts';
import { inputChoice } from './input-choices.ts';

/** Bounds of one operation. */
const LIMITS = { depth: 4, rootSelections: 3, selections: 3, mutations: 3 };

const conditions: fc.Arbitrary<ConditionChoice> = fc.oneof(
  { weight: 9, arbitrary: fc.constant({ byVariable: false }) },
  {
    weight: 1,
    arbitrary: fc.record(
      { skip: fc.boolean(), include: fc.boolean(), byVariable: fc.boolean() },
      { requiredKeys: ['byVariable'] },
    ),
  },
);

/** Names that tempt an executor: those of other fields, keys and inputs first of all. */
function aliases(names: readonly string[]): fc.Arbitrary<string | undefined> {
  return fc.oneof(
    { weight: 7, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constantFrom(...names) },
    { weight: 1, arbitrary: fc.constantFrom('a', 'b', '__a', 'then', 'constructor') },
  );
}

const typename = (alias: fc.Arbitrary<string | undefined>): fc.Arbitrary<SelectionChoice> =>
  fc.record({
    kind: fc.constant('field' as const),
    name: fc.constant('__typename'),
    alias,
    args: fc.constant({}),
    conditions,
    selections: fc.constant(undefined),
  });

/** Makes arbitraries of selections, typed by the schema, so that shrinking takes away parts and never makes it invalid. */
function createSelections(schema: GraphQLSchema, alias: fc.Arbitrary<string | undefined>) {
  const made = new Map<string, fc.Arbitrary<readonly SelectionChoice[]>>();
  const composites = Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLCompositeType => isCompositeType(type) && !type.name.startsWith('__'),
  );

  function field(definition: GraphQLField<unknown, unknown>, depth: number): fc.Arbitrary<SelectionChoice> {
    const type = getNamedType(definition.type);
    return fc.record({
      kind: fc.constant('field' as const),
      name: fc.constant(definition.name),
      alias,
      args: fc.record(Object.fromEntries(definition.args.map((argument) => [argument.name, inputChoice(argument)]))),
      conditions,
      selections: isCompositeType(type) ? selections(type, depth - 1) : fc.constant(undefined),
    });
  }

  function fragment(
    on: GraphQLCompositeType | undefined,
    type: GraphQLCompositeType,
    depth: number,
  ): fc.Arbitrary<SelectionChoice> {
    return fc.record({
      kind: fc.constant('fragment' as const),
      on: fc.constant(on?.name),
      isNamed: on ? fc.boolean() : fc.constant(false),
      conditions,
      selections: selections(on ?? type, depth - 1),
    });
  }

  function selection(type: GraphQLCompositeType, depth: number): fc.Arbitrary<SelectionChoice> {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const leaves = fields.filter((definition) => !isCompositeType(getNamedType(definition.type)));
    const trees = depth > 0 ? fields.filter((definition) => !leaves.includes(definition)) : [];
    const conditionTypes = depth > 0 ? composites.filter((other) => doTypesOverlap(schema, type, other)) : [];
    return fc.oneof(
      { weight: 1, arbitrary: typename(alias) },
      ...leaves.map((definition) => ({ weight: 2, arbitrary: field(definition, depth) })),
      ...trees.map((definition) => ({ weight: 3, arbitrary: field(definition, depth) })),
      ...conditionTypes.map((on) => ({ weight: isUnionType(type) ? 3 : 1, arbitrary: fragment(on, type, depth) })),
      ...(depth > 0 ? [{ weight: 1, arbitrary: fragment(undefined, type, depth) }] : []),
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), which: fc.nat(3) }) },
    );
  }

  function selections(type: GraphQLCompositeType, depth: number): fc.Arbitrary<readonly SelectionChoice[]> {
    const key = `${type.name} ${depth}`;
    const known = made.get(key);
    if (known) return known;
    const arbitrary = fc.array(selection(type, depth), { minLength: 1, maxLength: LIMITS.selections });
    made.set(key, arbitrary);
    return arbitrary;
  }

  return { selection, root: (type: GraphQLObjectType) => selection(type, LIMITS.depth) };
}

const INTROSPECTION: readonly SelectionChoice[] = [
  introspect(
    '__schema',
    {},
    ['queryType', 'mutationType', 'subscriptionType'].map((name) => tree(name, [tree('name'), tree('kind')])),
  ),
  introspect('__type', { name: 'Query' }, [
    tree('name'),
    tree('fields', [tree('name'), tree('args', [tree('name'), tree('defaultValue')])]),
  ]),
  introspect('__type', { name: 'NoSuchType' }, [tree('name')]),
];

function tree(name: string, selections?: readonly SelectionChoice[]): SelectionChoice {
  return { kind: 'field', name, alias: undefined, args: {}, conditions: { byVariable: false }, selections };
}

function introspect(
  name: string,
  args: Record<string, string>,
  selections: readonly SelectionChoice[],
): SelectionChoice {
  const values = Object.entries(args).map(([key, value]) => [key, { kind: 'leaf', value }] as const);
  return {
    kind: 'field',
    name,
    alias: undefined,
    args: Object.fromEntries(values),
    conditions: { byVariable: false },
    selections,
  };
}

/** Operations over a schema. */
export function operationChoices(
  schema: GraphQLSchema,
  temptingNames: readonly string[],
): fc.Arbitrary<OperationChoice> {
  const query = schema.getQueryType();
  if (!query) throw new Error('a schema without queries');
  const mutation = schema.getMutationType();
  const { root } = createSelections(schema, aliases(temptingNames));
  const name = fc.option(fc.constantFrom('Op', 'representations'), { nil: undefined });
  const queries = fc.record({
    operation: fc.constant('query' as const),
    name,
    selections: fc.array(
      fc.oneof({ weight: 30, arbitrary: root(query) }, { weight: 1, arbitrary: fc.constantFrom(...INTROSPECTION) }),
      { minLength: 1, maxLength: LIMITS.rootSelections },
    ),
  });
  if (!mutation) return queries;
  const mutations = fc.record({
    operation: fc.constant('mutation' as const),
    name,
    selections: fc.array(root(mutation), { minLength: 1, maxLength: LIMITS.mutations }),
  });
  return fc.oneof({ weight: 3, arbitrary: queries }, { weight: 2, arbitrary: mutations });
}
