import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  parse,
  parseType,
  print,
  type SelectionNode,
  type ValueNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import type { PrimaryFetch, Variables } from '../execution/prepared-operation.ts';
import { fieldIn, graphNameOf } from '../graph/supergraph-fields.ts';
import type { SubgraphAnswer } from '../upstream/subgraph-answer.ts';

/**
 * The convention by which any subgraph's subscription can be resumed: an argument `after` of the subscription field and a
 * field `cursor` of its payload (for a union of each member).
 */
const ARGUMENT = 'after';
const FIELD = 'cursor';
/** The names under which both go to the subgraph. Two underscores in front keep them apart from any client's. */
const VARIABLE = '__after';
const ALIAS = '__cursor';

/** What is sent to the subgraph for a subscription, and how it is resumed. */
export interface UpstreamPlan {
  readonly service: string;
  readonly query: string;
  readonly operationName: string | undefined;
  /** Names of the variables that go along, besides the cursor. */
  readonly variableUsages: readonly string[];
  /** The variable of the client that is its cursor and nothing else in this fetch. */
  readonly cursorVariable: string | undefined;
  readonly isResumable: boolean;
  /** The variables to send, starting after a cursor; without one as the client asked. */
  variablesFor(variables: Variables, after: string | undefined): Record<string, unknown>;
  /** The variables to send without any cursor. */
  sharedVariables(variables: Variables): Record<string, unknown>;
  /** Where the client asked to start. */
  startOf(variables: Variables): string | undefined;
  /** Takes the cursor out of an event; the event is changed. */
  takeCursor(event: SubgraphAnswer): string | undefined;
}

const pick = (names: readonly string[], variables: Variables): Record<string, unknown> =>
  Object.fromEntries(names.filter((name) => variables[name] !== undefined).map((name) => [name, variables[name]]));

function plainPlan({ serviceName, query, operationName, variableUsages }: PrimaryFetch): UpstreamPlan {
  return {
    service: serviceName,
    query,
    operationName,
    variableUsages,
    cursorVariable: undefined,
    isResumable: false,
    variablesFor: (variables) => pick(variableUsages, variables),
    sharedVariables: (variables) => pick(variableUsages, variables),
    startOf: () => undefined,
    takeCursor: () => undefined,
  };
}

const field = (name: string, alias: string): FieldNode => ({
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: name },
  alias: { kind: Kind.NAME, value: alias },
});

const on = (type: GraphQLNamedType, selection: SelectionNode): SelectionNode => ({
  kind: Kind.INLINE_FRAGMENT,
  typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type.name } },
  selectionSet: { kind: Kind.SELECTION_SET, selections: [selection] },
});

/** The selections that bring the cursor of a payload; undefined when it has none. */
function cursorSelections(
  supergraph: GraphQLSchema,
  type: GraphQLNamedType,
  graph: string,
): SelectionNode[] | undefined {
  const has = (one: GraphQLNamedType) => fieldIn(one, FIELD, graph) !== undefined;
  if (has(type)) return [field(FIELD, ALIAS)];
  if (!isUnionType(type)) return undefined;
  const members = supergraph.getPossibleTypes(type);
  return members.every(has) ? members.map((member) => on(member, field(FIELD, ALIAS))) : undefined;
}

function countUses(document: DocumentNode, variable: string): number {
  let uses = 0;
  visit(document, {
    Variable(node, _key, parent) {
      const isDefinition = parent && 'kind' in parent && parent.kind === Kind.VARIABLE_DEFINITION;
      if (node.name.value === variable && !isDefinition) uses += 1;
    },
  });
  return uses;
}

/** The value that a client gave, literally or by a variable. */
function textOf(value: ValueNode | undefined, variables: Variables): string | undefined {
  if (value?.kind === Kind.STRING) return value.value;
  const given = value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
  return typeof given === 'string' ? given : undefined;
}

const variable = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: VARIABLE } } as const;

/** The fetch with the cursor as a variable of ours and as a field of every event. */
function rewrite(
  operation: OperationDefinitionNode,
  root: FieldNode,
  changes: {
    readonly added: readonly SelectionNode[];
    readonly argumentType: string;
    readonly unused: string | undefined;
  },
): OperationDefinitionNode {
  const definition: VariableDefinitionNode = {
    kind: Kind.VARIABLE_DEFINITION,
    variable,
    type: parseType(changes.argumentType),
  };
  const argument: ArgumentNode = { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: ARGUMENT }, value: variable };
  const others = (root.arguments ?? []).filter(({ name }) => name.value !== ARGUMENT);
  const definitions = (operation.variableDefinitions ?? []).filter((one) => one.variable.name.value !== changes.unused);
  const selections = [...changes.added, ...(root.selectionSet?.selections ?? [])];
  return {
    ...operation,
    variableDefinitions: [...definitions, definition],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [
        { ...root, arguments: [...others, argument], selectionSet: { kind: Kind.SELECTION_SET, selections } },
      ],
    },
  };
}

/**
 * Prepares a fetch to be resumed, where the convention holds.
 *
 * @param supergraph with the syntax tree that it was built from.
 */
export function planUpstream(supergraph: GraphQLSchema, primary: PrimaryFetch): UpstreamPlan {
  const document = parse(primary.query, { noLocation: true });
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [root] = operation?.selectionSet.selections ?? [];
  const subscriptions = supergraph.getSubscriptionType();
  const graph = graphNameOf(supergraph, primary.serviceName);
  if (!operation || root?.kind !== Kind.FIELD || !subscriptions || !graph) return plainPlan(primary);
  const definition = fieldIn(subscriptions, root.name.value, graph);
  const argument = definition?.args.find(({ name }) => name === ARGUMENT);
  if (!definition || !argument || isListType(getNullableType(definition.type))) return plainPlan(primary);
  const added = cursorSelections(supergraph, getNamedType(definition.type), graph);
  if (!added) return plainPlan(primary);

  const given = root.arguments?.find(({ name }) => name.value === ARGUMENT)?.value;
  const givenVariable = given?.kind === Kind.VARIABLE ? given.name.value : undefined;
  const unused = givenVariable && countUses(document, givenVariable) === 1 ? givenVariable : undefined;
  const rewritten = rewrite(operation, root, { added, argumentType: String(argument.type), unused });
  const definitions = document.definitions.map((one) => (one === operation ? rewritten : one));
  const variableUsages = primary.variableUsages.filter((name) => name !== unused);
  const responseName = (root.alias ?? root.name).value;

  return {
    service: primary.serviceName,
    query: print({ ...document, definitions }),
    operationName: primary.operationName,
    variableUsages,
    cursorVariable: unused,
    isResumable: true,
    variablesFor(variables, after) {
      const start = after ?? textOf(given, variables);
      return { ...pick(variableUsages, variables), ...(start === undefined ? {} : { [VARIABLE]: start }) };
    },
    sharedVariables: (variables) => pick(variableUsages, variables),
    startOf: (variables) => textOf(given, variables),
    takeCursor({ data }) {
      const payload = data?.[responseName] as Record<string, unknown> | null | undefined;
      const cursor = payload?.[ALIAS];
      if (payload) delete payload[ALIAS];
      return typeof cursor === 'string' ? cursor : undefined;
    },
  };
}
