import type { OperationTypeNode } from 'graphql';

/** What an operation may cost unless its file says otherwise. Of a subscription that is one event. */
export const BUDGETS: Readonly<Record<`${OperationTypeNode}`, number>> = {
  query: 1_000,
  mutation: 500,
  subscription: 250,
};

/** A comment such as `# budget: 1500, the whole page comes in one operation`. */
const OWN_BUDGET = /^# budget: (?<budget>[\d_]+)(?:, (?<reason>.+))?$/m;

/** What an operation may cost, and what is wrong with how its file says so. */
export interface Budget {
  readonly budget: number;
  readonly mistake?: string;
}

/** The budget of an operation: its own, if its file gives one with a reason, else that of its kind. */
export function budgetOf(source: string, kind: `${OperationTypeNode}`): Budget {
  const own = OWN_BUDGET.exec(source)?.groups;
  if (!own) return { budget: BUDGETS[kind] };
  const budget = Number(own.budget?.replaceAll('_', ''));
  return own.reason
    ? { budget }
    : { budget, mistake: 'a budget of its own needs a reason: "# budget: 1500, because …"' };
}
