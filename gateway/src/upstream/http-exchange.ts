import type { Dispatcher } from 'undici';
import { createBodyWriter } from './call-body.ts';
import type { HeaderWriter } from './call-headers.ts';
import { post } from './http-post.ts';
import { readAnswer } from './subgraph-answer.ts';
import type { SubgraphExchange } from './subgraph-exchange.ts';
import { SubgraphFault } from './subgraph-fault.ts';

/** Options of {@link createHttpExchange}. */
export interface HttpExchangeOptions {
  /** Keep-alive connections. */
  readonly dispatcher: Dispatcher;
  /** Where a subgraph is at the moment; undefined when the supergraph in force doesn't name it. */
  readonly urlOf: (service: string) => string | undefined;
  readonly timeoutOf: (service: string) => number;
  /** Bytes one answer may have. */
  readonly maxAnswerBytes: number;
  readonly headers: HeaderWriter;
}

/** An address, taken apart as undici wants it. */
interface Target {
  readonly url: string;
  readonly origin: string;
  readonly path: string;
}

/** Takes an address apart once for each that a subgraph has, one after the other. */
function createTargets(urlOf: HttpExchangeOptions['urlOf']): (service: string) => Target {
  const targets = new Map<string, Target>();
  return (service) => {
    const url = urlOf(service);
    const known = targets.get(service);
    if (known && known.url === url) return known;
    const parsed = url === undefined ? null : URL.parse(url);
    if (url === undefined || !parsed) throw new SubgraphFault(service, 'CONNECTION', 'its address is not known');
    const target = { url, origin: parsed.origin, path: parsed.pathname + parsed.search };
    targets.set(service, target);
    return target;
  };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Asks subgraphs over HTTP: signed, timed, with a limit on the size of the answer. */
export function createHttpExchange(options: HttpExchangeOptions): SubgraphExchange {
  const { dispatcher, timeoutOf, maxAnswerBytes, headers } = options;
  const targetOf = createTargets(options.urlOf);
  const write = createBodyWriter();

  return {
    async ask(call) {
      const { service, query, representations } = call;
      const { origin, path } = targetOf(service);
      const body = write(call);
      const { status, bytes } = await post(dispatcher, {
        service,
        origin,
        path,
        headers: headers(call, body),
        body,
        timeoutMs: timeoutOf(service),
        maxAnswerBytes,
      });
      const answer = readAnswer(parse(bytes), { query, entities: representations?.length });
      if (answer) return answer;
      // A 503 without GraphQL comes from in front of the subgraph, or from one that isn't ready: nothing was executed.
      if (status === 503) throw new SubgraphFault(service, 'OVERLOADED', 'answered 503', { isBeforeAnswer: true });
      throw new SubgraphFault(service, 'INVALID_ANSWER', `answered ${status} without data or errors`);
    },
  };
}
