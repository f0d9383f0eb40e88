import type { QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, FieldNode, GraphQLSchema } from 'graphql';
import type { CanonicalDocument } from './canonical/canonical-document.ts';
import { compilePlan } from './plan/compile-plan.ts';
import type { PreparedRequest } from './prepared-operation.ts';
import { type RunSettings, startRun } from './run/start-run.ts';
import { createOperationWriter } from './writer/operation-writer.ts';

/** What an operation is made ready from. */
export interface PrepareOptions {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly canonical: CanonicalDocument;
  readonly denied: ReadonlySet<FieldNode>;
  readonly isInterfaceObject: (typeName: string) => boolean;
  readonly plan: QueryPlan;
  readonly settings: RunSettings;
}

/** Compiles a query or mutation. */
export function prepareRequest(options: PrepareOptions): PreparedRequest {
  const { plan, settings } = options;
  if (plan.node?.kind === 'Subscription') throw new Error('a subscription is no request');
  const step = compilePlan(plan.node, settings.types);
  const write = createOperationWriter(options);
  return {
    kind: 'request',
    async execute(variables, context) {
      const { root, errors } = await startRun(step, settings, { variables, context });
      return write(root, errors, variables);
    },
  };
}
