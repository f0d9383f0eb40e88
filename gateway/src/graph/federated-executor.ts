import type { ApolloServerOptions } from '@apollo/server';
import type { GatewayContext } from '../context.ts';

type GatewayForApollo = NonNullable<ApolloServerOptions<GatewayContext>['gateway']>;
type Executor = NonNullable<Awaited<ReturnType<GatewayForApollo['load']>>['executor']>;

/** What an executor is given: Apollo Server's request context as gateways take it. */
export type ExecutionRequest = Parameters<Executor>[0];
/** What it answers with. */
export type ExecutionOutcome = Awaited<ReturnType<Executor>>;

/**
 * Executes queries and mutations over the federated graph. It gets validated documents within the limits, and puts errors
 * at client paths with the subgraph's name in `extensions.serviceName`.
 */
export interface FederatedExecutor {
  execute(request: ExecutionRequest): Promise<ExecutionOutcome>;
}
