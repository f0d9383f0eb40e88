import type { GatewayContext } from '../../context.ts';
import type { SubgraphTransport } from '../../upstream/subgraph-transport.ts';
import type { Variables } from '../prepared-operation.ts';
import type { TreeObject, TypeRelations } from '../tree/response-tree.ts';
import type { TreeErrors } from '../tree/tree-errors.ts';
import type { CallQueue } from './call-queue.ts';

/** One execution under way. */
export interface ExecutionRun {
  readonly root: TreeObject;
  readonly errors: TreeErrors;
  readonly types: TypeRelations;
  readonly variables: Variables;
  readonly context: GatewayContext;
  readonly transport: SubgraphTransport;
  /** Whether answers must be newer than the execution. */
  readonly isUnshared: boolean;
  readonly calls: CallQueue;
}

/**
 * A part of a compiled plan. It calls `done` once, when all it has to fetch is in the tree; callbacks and not promises, so
 * that everything which becomes ready by one answer is known before the next call is made.
 */
export type Step = (run: ExecutionRun, done: () => void) => void;
