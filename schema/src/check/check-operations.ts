import {
  type CostEstimator,
  DEFAULT_OPERATION_LIMITS,
  findExceededLimit,
  MAX_PAGE_SIZE,
  measureOperations,
} from '@postbook/service-kit';
import {
  type DocumentNode,
  type GraphQLSchema,
  NoDeprecatedCustomRule,
  type OperationDefinitionNode,
  type OperationTypeNode,
  validate,
  visit,
} from 'graphql';
import { budgetOf } from './operation-budget.ts';
import type { ClientOperation } from './operation-documents.ts';
import { askedSizes } from './page-sizes.ts';
import { asSent, fitsTokens } from './sent-document.ts';

/** What a reviewer is told of an operation. */
export interface CheckedOperation {
  readonly name: string;
  readonly kind: `${OperationTypeNode}`;
  readonly file: string;
  /** Nesting of fields. 0 when the operation is not valid. */
  readonly depth: number;
  /** By the static rules of docs/schema.md. 0 when the operation is not valid. */
  readonly cost: number;
  readonly budget: number;
  /** Subgraphs that its plan calls, one name for each call, in order. */
  readonly calls: readonly string[];
  /** Why it may not be published. */
  readonly problems: readonly string[];
  /** Deprecated fields, arguments and values that it uses. */
  readonly deprecations: readonly string[];
}

/** What operations are checked against. */
export interface OperationGraph {
  /** What clients see. */
  readonly api: GraphQLSchema;
  /** Estimates as the gateway does, with the supergraph's own rules. */
  readonly estimate: CostEstimator;
  /** Which subgraphs a document's plan calls. */
  callsOf(document: DocumentNode): string[];
}

/** Pages that are asked for with more rows than the services give: such an operation always fails. */
function oversizedPages(document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const sizes: number[] = [];
  visit(document, { Field: (node) => void sizes.push(...askedSizes([node], operation)) });
  return sizes
    .filter((size) => size > MAX_PAGE_SIZE)
    .map((size) => `asks for a page of ${size}; at most ${MAX_PAGE_SIZE} are given`);
}

/** What the gateway would refuse, judged by its own functions and defaults. */
function refusalsOf(sent: DocumentNode): string[] {
  const limits = DEFAULT_OPERATION_LIMITS;
  const exceeded = findExceededLimit(sent, limits);
  return [
    ...(exceeded
      ? [`the gateway refuses it: ${exceeded.limit} ${exceeded.actual}, at most ${exceeded.maximum} are allowed`]
      : []),
    ...(fitsTokens(sent, limits.tokens) ? [] : [`the gateway refuses it: more than ${limits.tokens} tokens`]),
  ];
}

function checkOperation(operation: ClientOperation, graph: OperationGraph): CheckedOperation {
  const { name, file, source, definition, document } = operation;
  const { budget, mistake } = budgetOf(source, definition.operation);
  const facts = { name, file, kind: definition.operation, budget };
  const invalid = validate(graph.api, document).map(({ message }) => message);
  if (invalid.length > 0) return { ...facts, depth: 0, cost: 0, calls: [], problems: invalid, deprecations: [] };

  const sent = asSent(document);
  const { cost } = graph.estimate({ document, operation: definition });
  const overBudget = cost > budget ? [`costs ${cost}, its budget is ${budget}`] : [];
  return {
    ...facts,
    depth: measureOperations(document)[0]?.depth ?? 0,
    cost,
    calls: graph.callsOf(sent),
    problems: [
      ...(mistake ? [mistake] : []),
      ...overBudget,
      ...oversizedPages(document, definition),
      ...refusalsOf(sent),
    ],
    deprecations: validate(graph.api, document, [NoDeprecatedCustomRule]).map(({ message }) => message),
  };
}

/** Validates, measures and plans every operation. */
export const checkOperations = (operations: readonly ClientOperation[], graph: OperationGraph): CheckedOperation[] =>
  operations.map((operation) => checkOperation(operation, graph));
