import { AppError } from '@postbook/service-kit/edge';

/** An operation would take longer to plan than it may. Remedy: ask for less, or in several operations. */
export class PlanningTimeoutError extends AppError {
  readonly code = 'PLANNING_TIMEOUT';

  constructor() {
    super('The operation is too complex to be planned. Ask for less, or in several operations.');
  }
}

/** There is no way through the subgraphs that answers all of an operation. The planner's words are for the log. */
export class PlanningFailedError extends AppError {
  readonly code = 'PLANNING_FAILED';

  constructor(reason: string) {
    super('The operation cannot be planned over the services of the graph.', { cause: new Error(reason) });
  }
}
