import { type ApolloServerPlugin, type GraphQLRequestContext, HeaderMap } from '@apollo/server';
import { AppError } from '@postbook/service-kit/edge';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import type { GatewayContext } from '../context.ts';
import type { ErrorFormatter } from '../errors/format-error.ts';
import type { Admissions } from './admissions.ts';
import type { ChargingGate } from './create-operation-gate.ts';
import type { DocumentSource } from './document-source.ts';
import type { Admission } from './operation-gate.ts';
import type { PolicyConfig } from './policy-config.ts';
import { DocumentNotTrustedError, UNAUTHORIZED_FIELD_OR_TYPE } from './policy-errors.ts';

/** Options of {@link createGatePlugin}. */
export interface GatePluginOptions {
  readonly config: PolicyConfig;
  readonly gate: ChargingGate;
  readonly documents: DocumentSource;
  readonly admissions: Admissions;
  readonly format: ErrorFormatter;
}

/** Header by which a client asks to be told the cost; over a socket it says `{"cost": true}` in `extensions`. */
const COST_HEADER = 'graphql-cost';

type Request = GraphQLRequestContext<GatewayContext>;

const codeOf = (error: GraphQLError): unknown =>
  error.originalError instanceof AppError ? error.originalError.code : error.extensions.code;

/** HTTP statuses of refusals. */
function statusOf(code: unknown): number {
  if (code === 'RATE_LIMITED') return 429;
  return code === UNAUTHORIZED_FIELD_OR_TYPE ? 403 : 400;
}

/** `retry-after` and whatever else a refusal's response says in its head. */
function headersOf(refusal: GraphQLError, admission: Pick<Admission, 'headers'>): HeaderMap {
  const headers = new HeaderMap(admission.headers);
  const details = refusal.originalError instanceof AppError ? refusal.originalError.extensions : refusal.extensions;
  if (typeof details.retryAfterSeconds === 'number') headers.set('retry-after', String(details.retryAfterSeconds));
  return headers;
}

/** Apollo Server takes status and headers from the extensions of what is thrown, and removes them there. */
function thrown(refusal: GraphQLError, admission: Pick<Admission, 'headers'> = {}): GraphQLError {
  const http = { status: statusOf(codeOf(refusal)), headers: headersOf(refusal, admission) };
  return new GraphQLError(refusal.message, {
    originalError: refusal.originalError ?? refusal,
    extensions: { ...refusal.extensions, http },
  });
}

const asGraphQLError = (originalError: Error) => new GraphQLError(originalError.message, { originalError });

/** The variables as the operation declares them. @throws the first mistake in them, as graphql-js puts it. */
function coerce(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Record<string, unknown>) {
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given, { maxErrors: 1 });
  const [mistake] = errors ?? [];
  if (!mistake) return coerced ?? {};
  throw new GraphQLError(mistake.message, {
    nodes: mistake.nodes ?? null,
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  });
}

const isDenial = (error: GraphQLFormattedError) => error.extensions?.code === UNAUTHORIZED_FIELD_OR_TYPE;

/**
 * The gate in Apollo Server's pipeline: queries and mutations, over HTTP and over sockets, pass it after validation and
 * before execution.
 */
export function createGatePlugin(options: GatePluginOptions): ApolloServerPlugin<GatewayContext> {
  const { config, gate, documents, admissions, format } = options;

  const isAsked = ({ request }: Request) =>
    config.demand.reported === 'always' ||
    (config.demand.reported === 'asked' &&
      (request.http?.headers.has(COST_HEADER) || request.extensions?.cost === true));

  /** Takes the place of whatever the response said. */
  function replaceBy(refusal: GraphQLError, context: Request, admission: Pick<Admission, 'headers'> = {}): void {
    const { response } = context;
    response.body = { kind: 'single', singleResult: { errors: [format(refusal.toJSON(), refusal)] } };
    response.http.status = statusOf(codeOf(refusal));
    for (const [name, value] of headersOf(refusal, admission)) response.http.headers.set(name, value);
  }

  /** What isn't valid doesn't come as far as the gate: it costs little, but it is counted, and hidden when untrusted. */
  async function settleInvalid(context: Request): Promise<void> {
    const { source, contextValue } = context;
    if (source !== undefined && documents.isRefused(source)) {
      return replaceBy(asGraphQLError(new DocumentNotTrustedError()), context);
    }
    const charged = await gate.charge(contextValue);
    const [refusal] = charged.refusals;
    if (refusal) replaceBy(refusal, context, charged);
  }

  function report(admission: Admission, context: Request): void {
    const { body, http } = context.response;
    for (const [name, value] of admission.headers ?? []) http.headers.set(name, value);
    if (body?.kind !== 'single') return;
    const { singleResult } = body;
    if (!config.access.hasErrors && singleResult.errors) {
      const left = singleResult.errors.filter((error) => !isDenial(error));
      if (left.length > 0) singleResult.errors = left;
      else delete singleResult.errors;
    }
    if (admission.cost === undefined || !isAsked(context)) return;
    const cost = { estimated: admission.cost, maximum: config.demand.maximum };
    singleResult.extensions = { ...singleResult.extensions, cost };
  }

  return {
    async requestDidStart() {
      let hasReachedGate = false;
      return {
        async didResolveOperation({ document, operation, request, schema, source, contextValue }) {
          hasReachedGate = true;
          // These two are refused beside this plugin, with codes of their own.
          if (!operation || operation.operation === 'subscription') return;
          try {
            documents.check(source);
          } catch (error) {
            throw thrown(asGraphQLError(error as Error));
          }
          const variables = coerce(schema, operation, request.variables ?? {});
          const admission = await gate.admit({ document, operation, variables, context: contextValue, schema });
          const [refusal] = admission.refusals;
          if (refusal) throw thrown(refusal, admission);
          admissions.keep(contextValue, admission);
        },
        async willSendResponse(context) {
          const admission = admissions.of(context.contextValue);
          if (admission) report(admission, context);
          else if (!hasReachedGate && context.errors) await settleInvalid(context);
        },
      };
    },
  };
}
