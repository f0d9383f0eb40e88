import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../pagination/connection.ts';
import { argumentsCost, type KnownVariables } from './argument-cost.ts';
import { type CostRules, type ListSizeRule, NO_COST_RULES } from './cost-rules.ts';
import { type AssumedLengths, isPage, listDepth, pageRule, type SizedWithin, slicedLength } from './list-length.ts';
import { createFieldSelector } from './selected-fields.ts';

/** What one object costs, whatever is asked of it. Leaves cost nothing. */
export const OBJECT_COST = 1;
/** What a mutation costs before anything is selected of its payload. */
export const MUTATION_COST = 10;

/** Lengths that hold unless an estimator is told others. */
export const DEFAULT_LENGTHS: AssumedLengths = { list: 10, page: DEFAULT_PAGE_SIZE, unknownPage: MAX_PAGE_SIZE };

/** No cost is above this: additions and products stay exact, and nothing becomes infinite or no number at all. */
export const LARGEST_COST = Number.MAX_SAFE_INTEGER;

/**
 * Fields and types looked at for one estimate. Beyond it the operation counts as {@link LARGEST_COST}: selections over
 * interfaces within interfaces can be worth exponential work.
 */
const MOST_STEPS = 200_000;

/** Options of {@link createCostEstimator}. */
export interface CostEstimatorOptions {
  /** Default none: the conventions alone. */
  readonly rules?: CostRules;
  readonly lengths?: AssumedLengths;
}

/** What is to be estimated. */
export interface OperationToCost {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced values; leave them out to judge an operation before it is sent. */
  readonly variables?: KnownVariables;
}

/** What an operation comes to. */
export interface CostEstimate {
  /** Units, at the most {@link LARGEST_COST}. Of a subscription that is one event. */
  readonly cost: number;
  /** Fields (`Type.field`) that must be given exactly one slicing argument and aren't. */
  readonly unsliced: readonly string[];
}

/** Estimates what operations cost at the most, before anything is executed. */
export type CostEstimator = (operation: OperationToCost) => CostEstimate;

const bounded = (cost: number): number => Math.min(Math.max(cost, 0), LARGEST_COST);

/** Work ran out; never leaves this module. */
const TOO_MUCH_WORK = Symbol('too much work');

/** Numbers selection sets, so that a group of them has a short key. */
function createGroupKeys() {
  const ids = new Map<SelectionSetNode, number>();
  const idOf = (set: SelectionSetNode): number => {
    const id = ids.get(set) ?? ids.size;
    ids.set(set, id);
    return id;
  };
  return (type: GraphQLObjectType, sets: readonly SelectionSetNode[], within: SizedWithin | undefined) =>
    `${type.name}|${sets.map(idOf).join()}|${within ? `${within.fields.join()}:${within.size}` : ''}`;
}

/** The rules in the form that one schema's fields are looked up in. */
function createRuleBook(schema: GraphQLSchema, rules: CostRules, lengths: AssumedLengths) {
  const page = pageRule(lengths.page);
  const weightOf = (coordinate: string) => rules.weights.get(coordinate);
  /** A directive may stand at the interface's field alone. */
  const alike = (parent: GraphQLObjectType, field: string) =>
    [parent, ...parent.getInterfaces()].map((type) => `${type.name}.${field}`);
  return {
    weightOf,
    weightOfField: (parent: GraphQLObjectType, field: string): number | undefined =>
      alike(parent, field)
        .map(weightOf)
        .find((weight) => weight !== undefined) ?? (parent === schema.getMutationType() ? MUTATION_COST : undefined),
    listSizeOf: (parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>): ListSizeRule | undefined =>
      alike(parent, field.name)
        .map((coordinate) => rules.listSizes.get(coordinate))
        .find(Boolean) ?? (isPage(field) ? page : undefined),
  };
}

type RuleBook = ReturnType<typeof createRuleBook>;

/** Tells how many objects a field gives, and how long the lists of items within it are. Collects what isn't sliced. */
function createLengths(
  book: RuleBook,
  lengths: AssumedLengths,
  { operation, variables }: OperationToCost,
  unsliced: Set<string>,
) {
  const request = { operation, variables, unknownPage: lengths.unknownPage };
  return (
    parent: GraphQLObjectType,
    node: FieldNode,
    field: GraphQLField<unknown, unknown>,
    within: SizedWithin | undefined,
  ) => {
    const rule = book.listSizeOf(parent, field);
    const depth = listDepth(field);
    const slice = rule ? slicedLength(node, field, rule, request) : undefined;
    if (rule?.requireOneSlicingArgument && slice?.given !== 1) unsliced.add(`${parent.name}.${field.name}`);
    const size = slice?.size ?? rule?.assumedSize ?? lengths.list;
    const first = within?.fields.includes(field.name) ? within.size : size;
    return {
      instances: depth === 0 ? 1 : first * lengths.list ** (depth - 1),
      inner: rule && rule.sizedFields.length > 0 ? { fields: rule.sizedFields, size } : undefined,
    };
  };
}

/** One estimate. */
function createEstimate(schema: GraphQLSchema, book: RuleBook, lengths: AssumedLengths, asked: OperationToCost) {
  const { document, operation, variables } = asked;
  const select = createFieldSelector(schema, document, variables);
  const keyOf = createGroupKeys();
  const known = new Map<string, number>();
  const unsliced = new Set<string>();
  const lengthsOf = createLengths(book, lengths, asked, unsliced);
  let steps = 0;

  function fieldCost(parent: GraphQLObjectType, nodes: readonly FieldNode[], within: SizedWithin | undefined): number {
    const [node] = nodes;
    const field = node && parent.getFields()[node.name.value];
    if (!field) return 0;
    const type = getNamedType(field.type);
    const { instances, inner } = lengthsOf(parent, node, field, within);
    const own = book.weightOfField(parent, field.name);
    const one = isCompositeType(type)
      ? selectionCost(
          type,
          nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
          inner,
          own,
        )
      : (own ?? book.weightOf(type.name) ?? 0);
    const coordinate = `${parent.name}.${field.name}`;
    const given = argumentsCost(node, field.args, { field: coordinate, variables, weightOf: book.weightOf });
    return bounded(instances * one + given);
  }

  function objectCost(
    type: GraphQLObjectType,
    sets: readonly SelectionSetNode[],
    within: SizedWithin | undefined,
  ): number {
    const key = keyOf(type, sets, within);
    const before = known.get(key);
    if (before !== undefined) return before;
    let sum = 0;
    for (const nodes of select(type, sets).values()) {
      steps += nodes.length;
      if (steps > MOST_STEPS) throw TOO_MUCH_WORK;
      sum = bounded(sum + fieldCost(type, nodes, within));
    }
    known.set(key, sum);
    return sum;
  }

  /** Of an interface or union the dearest type counts: it may be the one that comes. */
  function selectionCost(
    type: GraphQLCompositeType,
    sets: readonly SelectionSetNode[],
    within: SizedWithin | undefined,
    own: number | undefined,
  ): number {
    const types = isObjectType(type) ? [type] : schema.getPossibleTypes(type);
    let dearest = 0;
    for (const possible of types) {
      const weight = own ?? book.weightOf(possible.name) ?? OBJECT_COST;
      dearest = Math.max(dearest, bounded(weight + objectCost(possible, sets, within)));
    }
    return dearest;
  }

  return (): CostEstimate => {
    const root = schema.getRootType(operation.operation);
    try {
      const cost = root ? objectCost(root, [operation.selectionSet], undefined) : 0;
      return { cost, unsliced: [...unsliced] };
    } catch (thrown) {
      if (thrown !== TOO_MUCH_WORK) throw thrown;
      return { cost: LARGEST_COST, unsliced: [...unsliced] };
    }
  };
}

/**
 * Makes an estimator by the rules of the cost directives (see docs/schema.md). The documents must be valid.
 */
export function createCostEstimator(schema: GraphQLSchema, options: CostEstimatorOptions = {}): CostEstimator {
  const lengths = options.lengths ?? DEFAULT_LENGTHS;
  const book = createRuleBook(schema, options.rules ?? NO_COST_RULES, lengths);
  return (operation) => createEstimate(schema, book, lengths, operation)();
}
