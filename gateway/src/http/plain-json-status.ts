import type { ApolloServerPlugin } from '@apollo/server';
import type { GatewayContext } from '../context.ts';
import { readAccept } from './accepted-media.ts';

/**
 * GraphQL over HTTP, 6.4.1: a client that asks for `application/json` reads every status but 2xx as a failure of whatever
 * is between it and us, so a well-formed request whose operation is wrong is answered with 200 there. With
 * `application/graphql-response+json` it gets 400, as Apollo Server gives it.
 */
export const plainJsonStatusPlugin: ApolloServerPlugin<GatewayContext> = {
  async requestDidStart({ request }) {
    const { onlyPlainJson } = readAccept(request.http?.headers.get('accept'));
    return {
      async willSendResponse({ response }) {
        if (onlyPlainJson && response.http.status === 400) response.http.status = 200;
      },
    };
  },
};
