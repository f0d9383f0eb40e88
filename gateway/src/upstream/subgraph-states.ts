import type { Component } from '@postbook/service-kit/edge';

/** Whether each subgraph answered when it was last asked; for the health report. */
export interface SubgraphStates extends Component {
  record(name: string, isAnswering: boolean): void;
}

/** Makes the report: its check fails, and so is reported, while a subgraph's last call failed. */
export function createSubgraphStates(): SubgraphStates {
  const away = new Map<string, Date>();
  return {
    name: 'subgraphs',
    record(name, isAnswering) {
      if (isAnswering) away.delete(name);
      else if (!away.has(name)) away.set(name, new Date());
    },
    start: async () => undefined,
    stop: async () => undefined,
    async check() {
      if (away.size === 0) return;
      throw new Error(
        [...away].map(([name, since]) => `${name} does not answer since ${since.toISOString()}`).join('; '),
      );
    },
  };
}
