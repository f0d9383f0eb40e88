import type { GatewayContext } from '../../context.ts';
import type { SubgraphTransport } from '../../upstream/subgraph-transport.ts';
import type { Variables } from '../prepared-operation.ts';
import type { TreeObject, TypeRelations } from '../tree/response-tree.ts';
import { createTreeErrors, type TreeErrors } from '../tree/tree-errors.ts';
import { createCallQueue } from './call-queue.ts';
import type { ExecutionRun, Step } from './execution-run.ts';

/** What all executions of a supergraph share. */
export interface RunSettings {
  readonly types: TypeRelations;
  readonly transport: SubgraphTransport;
  /** Whether a fetch of this text may share a call with others. */
  readonly isMergeable: (query: string) => boolean;
}

/** What one execution is for. */
export interface RunInput {
  readonly variables: Variables;
  readonly context: GatewayContext;
  readonly root?: TreeObject;
  readonly errors?: TreeErrors;
  readonly isUnshared?: boolean;
}

/** Runs a compiled plan; resolves when the tree is filled as far as subgraphs would. */
export function startRun(step: Step, settings: RunSettings, input: RunInput): Promise<ExecutionRun> {
  return new Promise((resolve, reject) => {
    const run: ExecutionRun = {
      root: input.root ?? {},
      errors: input.errors ?? createTreeErrors(),
      types: settings.types,
      variables: input.variables,
      context: input.context,
      transport: settings.transport,
      isUnshared: input.isUnshared ?? false,
      calls: createCallQueue({ run: () => run, isMergeable: settings.isMergeable, fail: reject }),
    };
    step(run, () => resolve(run));
    run.calls.flush();
  });
}
