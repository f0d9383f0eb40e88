import { integerVariable } from '@postbook/service-kit';
import { z } from 'zod';

/** How subgraphs are called. */
export interface UpstreamConfig {
  /** Milliseconds a subgraph has for one call, by name; others have `timeoutMs`. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly timeoutMs: number;
  /** Bytes one answer may have. */
  readonly maxAnswerBytes: number;
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
};

/** Turns {@link upstreamVariables} into their part of the configuration. */
export const toUpstreamConfig = (env: z.output<z.ZodObject<typeof upstreamVariables>>): UpstreamConfig => ({
  timeoutMs: env.UPSTREAM_TIMEOUT_MS,
  timeouts: env.SUBGRAPH_TIMEOUTS_MS,
  maxAnswerBytes: env.MAX_SUBGRAPH_ANSWER_BYTES,
});
