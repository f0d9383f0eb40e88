import type { Logger } from '@postbook/service-kit/edge';
import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import type { Gauge } from 'prom-client';
import type { SubgraphExchange } from './subgraph-exchange.ts';
import { type FaultReason, SubgraphFault } from './subgraph-fault.ts';
import type { SubgraphStates } from './subgraph-states.ts';

/** Options of {@link createBreakingExchange}. */
export interface BreakingExchangeOptions {
  readonly next: SubgraphExchange;
  /** Faults in a row after which a subgraph isn't asked for a while. */
  readonly faults: number;
  /** Milliseconds until one call is let through to see whether it is back. */
  readonly probeMs: number;
  readonly log: Logger;
  /** 0 closed, 1 probing, 2 open. */
  readonly state: Gauge<'subgraph'>;
  readonly states: SubgraphStates;
}

/**
 * What says that the subgraph is in trouble. An answer that is too large says something about one query only, and whoever
 * sends it must not be able to take the subgraph from everybody else.
 */
const COUNTED: readonly FaultReason[] = ['CONNECTION', 'OVERLOADED', 'TIMEOUT', 'INVALID_ANSWER'];

const isCounted = (error: unknown) => error instanceof SubgraphFault && COUNTED.includes(error.reason);

const LEVELS: Readonly<Record<CircuitState, number>> = {
  [CircuitState.Closed]: 0,
  [CircuitState.HalfOpen]: 1,
  [CircuitState.Open]: 2,
  [CircuitState.Isolated]: 2,
};

const refused = (service: string) => new SubgraphFault(service, 'CIRCUIT_OPEN', 'not asked: the calls before failed');

/**
 * Spares a subgraph in trouble, and those who wait for it: after several faults in a row its calls fail at once; every
 * `probeMs` a single one goes through, and its success ends it.
 */
export function createBreakingExchange(options: BreakingExchangeOptions): SubgraphExchange {
  const { next, faults, probeMs, log, state, states } = options;
  const circuits = new Map<string, CircuitBreakerPolicy>();

  function createCircuit(service: string): CircuitBreakerPolicy {
    const circuit = circuitBreaker(handleWhen(isCounted), {
      breaker: new ConsecutiveBreaker(faults),
      halfOpenAfter: probeMs,
    });
    const gauge = state.labels({ subgraph: service });
    gauge.set(LEVELS[circuit.state]);
    circuit.onStateChange((changed) => {
      gauge.set(LEVELS[changed]);
      states.recordCircuit(service, changed !== CircuitState.Closed);
    });
    circuit.onBreak(() => log.warn({ subgraph: service }, 'a subgraph failed repeatedly: not asked for a while'));
    circuit.onReset(() => log.info({ subgraph: service }, 'a subgraph answers again'));
    circuits.set(service, circuit);
    return circuit;
  }

  return {
    async ask(call) {
      const circuit = circuits.get(call.service) ?? createCircuit(call.service);
      // Others would wait for the probe's outcome, which may take the subgraph's whole time.
      if (circuit.state === CircuitState.HalfOpen) throw refused(call.service);
      try {
        return await circuit.execute(() => next.ask(call));
      } catch (error) {
        throw error instanceof BrokenCircuitError ? refused(call.service) : error;
      }
    },
  };
}
