import { ConfigError } from '@postbook/service-kit/edge';
import { z } from 'zod';

/** How the gateway works with Apollo Studio. */
export interface StudioConfig {
  /** Authenticates towards Apollo. Never logged. */
  readonly key: string;
  /** `graph-id@variant`. */
  readonly graphRef: string;
  /** Whether the supergraph comes from Uplink instead of a file. */
  readonly isUplink: boolean;
  /** Where Uplink is asked, one after the other; undefined for Apollo's own. */
  readonly uplinkEndpoints: readonly string[] | undefined;
  /** Where usage reports go; undefined for Apollo's own. */
  readonly reportingEndpoint: string | undefined;
  /** The part of operations whose fields are timed in the subgraphs, from 0 to 1. */
  readonly traceRatio: number;
}

const isUrl = (text: string) => /^https?:$/.test(URL.parse(text)?.protocol ?? '');
const url = z.string().refine(isUrl, 'must be an http: or https: URL');

/** The variables about Studio, by Apollo's own names where there are any; nothing calls out without the key. */
export const studioVariables = {
  APOLLO_KEY: z
    .string()
    .regex(/^(service|user):\S+$/, 'is no key of Apollo')
    .optional(),
  APOLLO_GRAPH_REF: z
    .string()
    .regex(/^[\w-]+@[\w-]+$/, 'must be graph@variant')
    .optional(),
  APOLLO_UPLINK_ENDPOINTS: z
    .string()
    .transform((list) => list.split(',').map((one) => one.trim()))
    .refine((list) => list.every(isUrl), 'must be URLs, separated by commas')
    .optional(),
  APOLLO_REPORTING_ENDPOINT: url.optional(),
  APOLLO_TRACE_RATIO: z.coerce
    .number({ error: 'must be a number from 0 to 1' })
    .min(0, 'must be at least 0')
    .max(1, 'must be at most 1')
    .default(0.01),
};

/**
 * Turns {@link studioVariables} into their part of the configuration; undefined without a key.
 *
 * @throws ConfigError when the graph isn't named.
 */
export function toStudioConfig(
  env: z.output<z.ZodObject<typeof studioVariables>>,
  options: { readonly isFileGiven: boolean },
): StudioConfig | undefined {
  if (env.APOLLO_KEY === undefined) return undefined;
  if (env.APOLLO_GRAPH_REF === undefined) throw new ConfigError(['APOLLO_GRAPH_REF: is needed with APOLLO_KEY']);
  return {
    key: env.APOLLO_KEY,
    graphRef: env.APOLLO_GRAPH_REF,
    isUplink: !options.isFileGiven,
    uplinkEndpoints: env.APOLLO_UPLINK_ENDPOINTS,
    reportingEndpoint: env.APOLLO_REPORTING_ENDPOINT,
    traceRatio: env.APOLLO_TRACE_RATIO,
  };
}
