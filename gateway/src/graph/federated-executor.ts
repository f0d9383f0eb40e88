import type { ApolloGateway } from '@apollo/gateway';

/** What an executor is given: Apollo Server's request context as @apollo/gateway takes it. */
export type ExecutionRequest = Parameters<ApolloGateway['executor']>[0];
/** What it answers with. */
export type ExecutionOutcome = Awaited<ReturnType<ApolloGateway['executor']>>;

/**
 * Executes queries and mutations over the federated graph. The seam for another engine: it gets validated documents
 * within the limits, and must put errors at client paths with the subgraph's name in `extensions.serviceName`.
 */
export interface FederatedExecutor {
  execute(request: ExecutionRequest): Promise<ExecutionOutcome>;
}
