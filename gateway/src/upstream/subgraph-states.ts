import type { Component } from '@postbook/service-kit/edge';

/** Whether each subgraph answered when it was last asked; for the health report. */
export interface SubgraphStates extends Component {
  record(name: string, isAnswering: boolean): void;
  /** Whether calls to it are refused for the moment. */
  recordCircuit(name: string, isOpen: boolean): void;
}

/** Makes the report: its check fails, and so is reported, while a subgraph's last call failed. */
export function createSubgraphStates(): SubgraphStates {
  const away = new Map<string, Date>();
  const leftAlone = new Set<string>();
  const describe = (name: string, since: Date) =>
    `${name} does not answer since ${since.toISOString()}${leftAlone.has(name) ? ' and is left alone (circuit open)' : ''}`;
  return {
    name: 'subgraphs',
    record(name, isAnswering) {
      if (isAnswering) away.delete(name);
      else if (!away.has(name)) away.set(name, new Date());
    },
    recordCircuit(name, isOpen) {
      if (isOpen) leftAlone.add(name);
      else leftAlone.delete(name);
    },
    start: async () => undefined,
    stop: async () => undefined,
    async check() {
      if (away.size === 0) return;
      throw new Error([...away].map(([name, since]) => describe(name, since)).join('; '));
    },
  };
}
