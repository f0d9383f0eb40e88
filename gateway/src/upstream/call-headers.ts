import { IDENTITY_HEADER, type IdentitySigner } from '@postbook/service-kit/edge';
import type { HeaderSelection } from './header-rules.ts';
import type { SubgraphCallToSend } from './subgraph-transport.ts';

/** Headers of a call to a subgraph, by lower-case name. */
export type CallHeaders = Record<string, string>;

/** Makes the headers of a call with that body. */
export type HeaderWriter = (call: SubgraphCallToSend, body: string) => CallHeaders;

/**
 * The headers of calls: those that rules add, and those every call has, which no rule can replace: what it is, whose it
 * is, and which request it belongs to. The signature is over the exact body.
 */
export const createHeaderWriter =
  (signer: IdentitySigner | undefined, select: HeaderSelection): HeaderWriter =>
  ({ service, operationType, context, includeTrace }, body) => {
    const headers: CallHeaders = {
      ...select(service, context.headers?.()),
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      'x-request-id': context.trace.requestId,
      traceparent: context.trace.traceparent,
    };
    if (includeTrace) headers['apollo-federation-include-trace'] = 'ftv1';
    if (!signer) return headers;
    const { viewer, client } = context;
    headers[IDENTITY_HEADER] = signer.sign({ audience: service, operationType, body, viewer, client });
    return headers;
  };

/**
 * What rules make of the client's headers for a call, as a text: an answer depends on it as on the identity. Empty when
 * there are none.
 */
export const createVariantReader =
  (select: HeaderSelection) =>
  ({ service, context }: SubgraphCallToSend): string => {
    const selected = select(service, context.headers?.());
    return selected === undefined ? '' : JSON.stringify(Object.entries(selected).sort());
  };
