import { setTimeout as pause } from 'node:timers/promises';
import { createGraphqlClient } from '@postbook/testkit';
import { createRawSubscriber } from '../subscribers/raw-subscriber.ts';
import { LIVE_OPERATION } from '../subscriptions-bench/live-operation.ts';
import { roomOf, type SoakOperation, soakMutation, soakQuery } from './soak-operations.ts';

/** What was done so far. */
export interface SoakCounts {
  queries: number;
  mutations: number;
  subscriptions: number;
  events: number;
  /** Invalid ones, which were refused as they should. */
  refusals: number;
  /** Of valid operations: expected while subgraphs are away, so they are counted, not judged. */
  failures: number;
}

/** Load of people who come and go. */
export interface SoakLoad {
  readonly counts: Readonly<SoakCounts>;
  /** Keeps everybody busy for a while; when it resolves nobody is connected any more. */
  run(forMs: number): Promise<void>;
}

/** Options of {@link createSoakLoad}. */
export interface SoakLoadOptions {
  /** Where the gateway's GraphQL answers. */
  readonly url: string;
  /** Tokens of the people. */
  readonly tokens: readonly string[];
}

const OPERATION = 'listening';
const ASKING = 6;
const LISTENING = 20;
/** How long somebody listens at the most, in milliseconds. */
const LONGEST_VISIT_MS = 400;

/** Makes the load; nothing is sent before `run`. */
export function createSoakLoad({ url, tokens }: SoakLoadOptions): SoakLoad {
  const counts: SoakCounts = { queries: 0, mutations: 0, subscriptions: 0, events: 0, refusals: 0, failures: 0 };
  const clients = tokens.map((token) => createGraphqlClient({ url, token }));
  const port = Number(new URL(url).port);
  let turn = 0;

  const nextTurn = () => {
    turn += 1;
    return turn;
  };

  async function ask({ query, variables, isInvalid = false }: SoakOperation, by: number): Promise<void> {
    try {
      const answer = await clients[by % clients.length]?.execute(query, variables);
      if (answer?.errors && isInvalid) counts.refusals += 1;
      else if (answer?.errors) counts.failures += 1;
    } catch {
      counts.failures += 1;
    }
  }

  async function asker(end: number): Promise<void> {
    while (performance.now() < end) {
      const own = nextTurn();
      const isMutation = own % 4 === 0;
      counts[isMutation ? 'mutations' : 'queries'] += 1;
      await ask(isMutation ? soakMutation(own) : soakQuery(own), own);
    }
  }

  /** One visit: a socket, a subscription, events for a while, then gone, politely or not. */
  async function visit(forMs: number): Promise<void> {
    const own = nextTurn();
    const ended = Promise.withResolvers<void>();
    const token = tokens[own % tokens.length];
    const cursor = own % 2 === 0 ? { after: '0' } : {};
    const payload = { query: LIVE_OPERATION, variables: { room: roomOf(own), ...cursor } };
    const subscriber = createRawSubscriber({
      port,
      localAddress: '127.0.0.1',
      init: JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }),
      subscribe: JSON.stringify({ id: OPERATION, type: 'subscribe', payload }),
      onNext: () => {
        counts.events += 1;
      },
      onEnd: () => {
        counts.failures += 1;
        ended.resolve();
      },
    });
    counts.subscriptions += 1;
    await Promise.race([pause(forMs), ended.promise]);
    if (own % 3 !== 0) subscriber.send(JSON.stringify({ id: OPERATION, type: 'complete' }));
    subscriber.close();
  }

  async function listener(end: number): Promise<void> {
    for (let left = end - performance.now(); left > 0; left = end - performance.now()) {
      await visit(Math.min(left, LONGEST_VISIT_MS));
    }
  }

  return {
    counts,
    async run(forMs) {
      const end = performance.now() + forMs;
      await Promise.all([
        ...Array.from({ length: ASKING }, () => asker(end)),
        ...Array.from({ length: LISTENING }, () => listener(end)),
      ]);
    },
  };
}
