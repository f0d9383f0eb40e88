import { integerVariable, switchVariable, urlVariable } from '@postbook/service-kit/edge';
import { z } from 'zod';
import type { HeaderRules } from './header-rules.ts';
import { readHeaderRules } from './header-rules-variable.ts';

/** How subgraphs are called. */
export interface UpstreamConfig {
  /** Milliseconds a subgraph has for one call, by name; others have `timeoutMs`. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly timeoutMs: number;
  /** Bytes one answer may have. */
  readonly maxAnswerBytes: number;
  /** How often a query is sent again after a fault of the connection. */
  readonly retries: number;
  /** Faults in a row after which a subgraph isn't asked for a while; 0 for never. */
  readonly circuitFaults: number;
  /** Milliseconds until one call is let through to see whether it is back. */
  readonly circuitProbeMs: number;
  /** Which of the client's headers go on to which subgraphs. */
  readonly headers: HeaderRules;
  /** Whether entities that the schema marks are kept, and where. */
  readonly entityCache: {
    readonly isOn: boolean;
    /** Absent: where revocations come from. */
    readonly redisUrl: string | undefined;
    readonly memoryBytes: number;
  };
}

const LONGEST_TIMEOUT_MS = 600_000;

/** `chats=500,media=20000` as numbers by name. */
function readTimeouts(text: string, context: z.RefinementCtx): Readonly<Record<string, number>> {
  const pairs = text.split(',').flatMap((pair) => pair.trim() || []);
  const entries = pairs.map((pair) => {
    const [name = '', milliseconds = ''] = pair.split('=');
    return [name.trim(), Number(milliseconds)] as const;
  });
  const isUsable = ([name, ms]: readonly [string, number]) => name !== '' && ms >= 1 && ms <= LONGEST_TIMEOUT_MS;
  if (entries.every(isUsable)) return Object.fromEntries(entries);
  context.addIssue(`must be name=milliseconds,name=milliseconds with 1 to ${LONGEST_TIMEOUT_MS}`);
  return z.NEVER;
}

/** The variables about subgraphs, to be spread into the gateway's own. */
export const upstreamVariables = {
  UPSTREAM_TIMEOUT_MS: integerVariable({ min: 1, max: LONGEST_TIMEOUT_MS }).default(10_000),
  SUBGRAPH_TIMEOUTS_MS: z.string().default('').transform(readTimeouts),
  MAX_SUBGRAPH_ANSWER_BYTES: integerVariable({ min: 1_024, max: 1024 ** 3 }).default(64 * 1024 * 1024),
  SUBGRAPH_RETRIES: integerVariable({ min: 0, max: 5 }).default(2),
  SUBGRAPH_CIRCUIT_FAULTS: integerVariable({ min: 0, max: 10_000 }).default(20),
  SUBGRAPH_CIRCUIT_PROBE_MS: integerVariable({ min: 10, max: 600_000 }).default(1_000),
  SUBGRAPH_HEADERS: z.string().default('').transform(readHeaderRules),
  ENTITY_CACHE: switchVariable(false),
  ENTITY_CACHE_REDIS_URL: urlVariable('redis:', 'rediss:').optional(),
  ENTITY_CACHE_MEMORY_BYTES: integerVariable({ min: 65_536, max: 4 * 1024 ** 3 }).default(16 * 1024 * 1024),
};

/** Turns {@link upstreamVariables} into their part of the configuration. */
export const toUpstreamConfig = (env: z.output<z.ZodObject<typeof upstreamVariables>>): UpstreamConfig => ({
  timeoutMs: env.UPSTREAM_TIMEOUT_MS,
  timeouts: env.SUBGRAPH_TIMEOUTS_MS,
  maxAnswerBytes: env.MAX_SUBGRAPH_ANSWER_BYTES,
  retries: env.SUBGRAPH_RETRIES,
  circuitFaults: env.SUBGRAPH_CIRCUIT_FAULTS,
  circuitProbeMs: env.SUBGRAPH_CIRCUIT_PROBE_MS,
  headers: env.SUBGRAPH_HEADERS,
  entityCache: {
    isOn: env.ENTITY_CACHE,
    redisUrl: env.ENTITY_CACHE_REDIS_URL,
    memoryBytes: env.ENTITY_CACHE_MEMORY_BYTES,
  },
});
