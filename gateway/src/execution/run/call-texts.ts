import type { CompiledFetch } from '../plan/compiled-fetch.ts';

/** The names that one fetch has in a call. */
export interface CallSlot {
  readonly fetch: CompiledFetch;
  /** Response name of its `_entities`; undefined for a root fetch. */
  readonly alias: string | undefined;
  /** Variable that takes its representations. */
  readonly variable: string;
}

/** Several fetches of one subgraph as one operation. */
export interface MergedText {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly slots: readonly CallSlot[];
}

/** Names that no variable of a client or of the planner has. */
const VARIABLE = 'representations__';
const ALIAS = '_entities__';

/** Puts the texts of fetches together: each entity fetch under an alias, with representations of its own. */
export function mergeTexts(fetches: readonly CompiledFetch[]): MergedText {
  const slots = fetches.map((fetch, index): CallSlot => {
    const isEntityFetch = fetch.representer !== undefined;
    return { fetch, alias: isEntityFetch ? `${ALIAS}${index}` : undefined, variable: `${VARIABLE}${index}` };
  });
  const entities = slots.filter(({ alias }) => alias !== undefined);
  const definitions = new Set(fetches.flatMap((fetch) => fetch.definitions));
  const variables = [...entities.map(({ variable }) => `$${variable}:[_Any!]!`), ...definitions];
  const selections = slots.map(({ fetch, alias, variable }) =>
    alias === undefined ? fetch.selection : `${alias}:_entities(representations:$${variable}){${fetch.selection}}`,
  );
  const operationName = fetches[0]?.operationName;
  return {
    query: `query${operationName ? ` ${operationName}` : ''}(${variables.join(',')}){${selections.join(' ')}}`,
    operationName,
    slots,
  };
}
