import type { Logger } from '@postbook/service-kit/edge';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import { unavailableAnswer } from './subgraph-answer.ts';
import type { SubgraphExchange } from './subgraph-exchange.ts';
import { type FaultReason, SubgraphFault } from './subgraph-fault.ts';
import type { SubgraphStates } from './subgraph-states.ts';
import type { SubgraphTransport } from './subgraph-transport.ts';

/** Options of {@link createAnsweringTransport}. */
export interface AnsweringTransportOptions {
  readonly exchange: SubgraphExchange;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  readonly states: SubgraphStates;
}

type Outcome = 'ok' | 'errors' | 'unavailable';

/** Looking a label up costs more than observing: the histograms of each subgraph and outcome are kept. */
function createObserver({ upstreamDuration }: GatewayMetrics) {
  const known = new Map<string, { observe(seconds: number): void }>();
  return (subgraph: string, outcome: Outcome, startedAt: number) => {
    const key = `${outcome} ${subgraph}`;
    const histogram = known.get(key) ?? upstreamDuration.labels({ subgraph, outcome });
    known.set(key, histogram);
    histogram.observe((performance.now() - startedAt) / 1_000);
  };
}

/**
 * The one place where a call that came to nothing becomes an answer that says so, and where calls are measured. Faults of
 * ours in the layers below end here too: a transport never rejects.
 */
export function createAnsweringTransport(options: AnsweringTransportOptions): SubgraphTransport {
  const { exchange, log, metrics, states } = options;
  const observe = createObserver(metrics);

  function report(service: string, reason: FaultReason | undefined, error: unknown): void {
    metrics.upstream.faults.inc({ subgraph: service, reason: (reason ?? 'internal').toLowerCase() });
    // What the log says is for operators: clients learn the subgraph's name and the reason. A circuit is reported when it
    // opens, not at each call that it refuses.
    const level = reason === 'CIRCUIT_OPEN' ? 'debug' : 'warn';
    log[level]({ err: error, subgraph: service, reason }, 'a subgraph did not answer');
  }

  return {
    async send(call) {
      const { service, query, representations } = call;
      const startedAt = performance.now();
      try {
        const answer = await exchange.ask(call);
        states.record(service, true);
        observe(service, answer.errors ? 'errors' : 'ok', startedAt);
        return answer;
      } catch (error) {
        const reason = error instanceof SubgraphFault ? error.reason : undefined;
        report(service, reason, error);
        states.record(service, false);
        observe(service, 'unavailable', startedAt);
        return unavailableAnswer(service, { query, entities: representations?.length }, reason);
      }
    },
  };
}
