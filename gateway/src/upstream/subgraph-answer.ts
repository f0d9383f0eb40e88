import { type GraphQLFormattedError, Kind, parse } from 'graphql';
import { subgraphUnavailable } from '../errors/gateway-errors.ts';
import type { FaultReason } from './subgraph-fault.ts';

/** A call to a subgraph, as far as its answer must be understood. */
export interface SubgraphCall {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** How many entities it asks for, when the variables aren't given. */
  readonly entities?: number | undefined;
}

/** A subgraph's answer in the shape that the executor takes. */
export interface SubgraphAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: Record<string, unknown>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How many entities a call asks for; undefined when it is no entity call. */
const entityCount = ({ variables, entities }: SubgraphCall): number | undefined =>
  Array.isArray(variables?.representations) ? variables.representations.length : entities;

/** The response names at the root of a call, or none if its text can't be read. */
function rootNames(query: string): string[] {
  const operation = parse(query, { noLocation: true }).definitions.find((d) => d.kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return operation.selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [(selection.alias ?? selection.name).value] : [],
  );
}

/**
 * The answer in place of a subgraph that didn't give one: an error at each field that it would have filled, so that
 * clients see which part of a partial answer is missing. The executor turns entity paths into client paths.
 */
export function unavailableAnswer(service: string, call: SubgraphCall, reason?: FaultReason): SubgraphAnswer {
  const entities = entityCount(call);
  const error = subgraphUnavailable(service, reason);
  const paths =
    entities === undefined
      ? rootNames(call.query).map((name) => [name])
      : Array.from({ length: entities }, (_, index) => ['_entities', index]);
  // A root that has nothing but fragments names no field; without any error the null would look like data.
  return { data: null, errors: paths.length > 0 ? paths.map((path) => ({ ...error, path })) : [error] };
}

/** An error about all entities at once would lead clients to a path `_entities`: it is given to each of them. */
function spreadOverEntities(error: GraphQLFormattedError, count: number): GraphQLFormattedError[] {
  if (typeof error.path?.[1] === 'number') return [error];
  return Array.from({ length: count }, (_, index) => ({ ...error, path: ['_entities', index] }));
}

/**
 * Checks and evens out what a subgraph sent; undefined when it isn't a GraphQL answer.
 */
export function readAnswer(value: unknown, call: SubgraphCall): SubgraphAnswer | undefined {
  if (!isRecord(value)) return undefined;
  const sent = Array.isArray(value.errors) ? value.errors.filter(isRecord) : [];
  const errors = sent.map((error) => ({ ...error, message: String(error.message ?? '') }) as GraphQLFormattedError);
  const data = isRecord(value.data) ? value.data : null;
  if (data === null && errors.length === 0) return undefined;
  const entities = entityCount(call);
  // A list that is null as a whole carries no entity; the executor would add an error of its own about that.
  const usable = entities !== undefined && data?._entities == null ? null : data;
  const placed = entities === undefined ? errors : errors.flatMap((error) => spreadOverEntities(error, entities));
  const ftv1 = isRecord(value.extensions) ? value.extensions.ftv1 : undefined;
  return {
    data: usable,
    ...(placed.length > 0 ? { errors: placed } : {}),
    // Of what subgraphs add for each other and for tools, the trace is all that the gateway asks for.
    ...(typeof ftv1 === 'string' ? { extensions: { ftv1 } } : {}),
  };
}
