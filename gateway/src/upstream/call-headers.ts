import { IDENTITY_HEADER, type IdentitySigner } from '@postbook/service-kit';
import type { SubgraphCallToSend } from './subgraph-transport.ts';

/** Headers of a call to a subgraph, by lower-case name. */
export type CallHeaders = Record<string, string>;

/** Makes the headers of a call with that body. */
export type HeaderWriter = (call: SubgraphCallToSend, body: string) => CallHeaders;

/** The headers every call has: what it is, whose it is, and which request it belongs to. The signature is over the exact body. */
export const createHeaderWriter =
  (signer: IdentitySigner | undefined): HeaderWriter =>
  ({ service, operationType, context }, body) => {
    const headers: CallHeaders = {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      'x-request-id': context.trace.requestId,
      traceparent: context.trace.traceparent,
    };
    if (!signer) return headers;
    const { viewer, client } = context;
    headers[IDENTITY_HEADER] = signer.sign({ audience: service, operationType, body, viewer, client });
    return headers;
  };
