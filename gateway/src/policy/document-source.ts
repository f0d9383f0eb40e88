import type { Logger } from '@postbook/service-kit/edge';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import type { DocumentList } from './document-manifest.ts';
import { digestOfText, type PersistedQueries } from './persisted-queries.ts';
import type { PolicyConfig } from './policy-config.ts';
import { BadPersistedQueryError, DocumentNotTrustedError, PersistedQueryNotFoundError } from './policy-errors.ts';

/** What a request says of its document. */
export interface DocumentRequest {
  /** Empty when only an id was sent. */
  readonly query: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** Where texts of documents come from, and which may be run. */
export interface DocumentSource {
  /**
   * The text that is asked for by id or sent, for operations that don't come by Apollo Server. Before it is parsed: what
   * isn't trusted learns nothing of the schema.
   *
   * @throws PersistedQueryNotFoundError, BadPersistedQueryError, DocumentNotTrustedError.
   */
  textOf(request: DocumentRequest): Promise<string>;
  /** Counts a document that isn't trusted. @throws DocumentNotTrustedError when such may not be run. */
  check(text: string): void;
  /** Whether the document may be run, without counting it. */
  isRefused(text: string): boolean;
  /** For Apollo Server's own persisted queries; undefined when there are none. */
  readonly forApollo: { readonly cache: ApolloCache; readonly ttl: number } | undefined;
}

/** What Apollo Server keeps persisted queries in, by `apq:` and the digest. */
interface ApolloCache {
  get(key: string): Promise<string | undefined>;
  set(key: string, text: string): Promise<void>;
  delete(key: string): Promise<void>;
}

const APOLLO_PREFIX = /^apq:/;
/** Documents whose trust is remembered, by digest: a large one is not taken apart at each request. */
const REMEMBERED_DOCUMENTS = 2_000;

const persistedQuery = z.object({ version: z.literal(1), sha256Hash: z.string().min(1).max(256) });

/** Options of {@link createDocumentSource}. */
export interface DocumentSourceOptions {
  readonly config: PolicyConfig;
  /** The trusted documents in force. */
  readonly trusted: () => DocumentList;
  readonly persisted: PersistedQueries;
  readonly metrics: Pick<GatewayMetrics, 'untrustedDocuments' | 'refusals'>;
  readonly log: Logger;
}

/** Makes a source. Ids of trusted documents go before those that clients made persistent. */
export function createDocumentSource(options: DocumentSourceOptions): DocumentSource {
  const { config, trusted, persisted, metrics, log } = options;
  const { mode } = config.trust;
  const known = new LRUCache<string, { readonly list: DocumentList; readonly isTrusted: boolean }>({
    max: REMEMBERED_DOCUMENTS,
  });

  function isTrusted(text: string): boolean {
    const [list, digest] = [trusted(), digestOfText(text)];
    const before = known.get(digest);
    if (before?.list === list) return before.isTrusted;
    const found = { list, isTrusted: list.has(text) };
    known.set(digest, found);
    if (!found.isTrusted) log.warn({ digest, mode }, 'a document that is not trusted');
    return found.isTrusted;
  }

  function check(text: string): void {
    if (mode === 'off' || isTrusted(text)) return;
    metrics.untrustedDocuments.inc({ mode });
    if (mode === 'log') return;
    const refusal = new DocumentNotTrustedError();
    metrics.refusals.inc({ code: refusal.code });
    throw refusal;
  }

  const byId = async (id: string) =>
    trusted().byId(id)?.body ?? (config.persistedQueries.isOn ? await persisted.get(id) : undefined);

  async function find({ query, extensions }: DocumentRequest): Promise<string> {
    if (extensions?.persistedQuery === undefined) return query;
    const { data } = persistedQuery.safeParse(extensions.persistedQuery);
    if (!data) throw new BadPersistedQueryError('Unsupported persisted query version');
    if (query !== '') {
      if (digestOfText(query) === data.sha256Hash || trusted().byId(data.sha256Hash)?.body === query) return query;
      throw new BadPersistedQueryError('provided sha does not match query');
    }
    const text = await byId(data.sha256Hash);
    if (text === undefined) throw new PersistedQueryNotFoundError();
    return text;
  }

  return {
    check,
    isRefused: (text) => mode === 'enforce' && !isTrusted(text),
    async textOf(request) {
      const text = await find(request);
      // An empty one is told of where it is parsed.
      if (text !== '') check(text);
      return text;
    },
    forApollo:
      config.persistedQueries.isOn || mode !== 'off'
        ? {
            ttl: config.persistedQueries.ttlSeconds,
            cache: {
              get: (key) => byId(key.replace(APOLLO_PREFIX, '')),
              set: async (key, text) => {
                if (config.persistedQueries.isOn) await persisted.set(key.replace(APOLLO_PREFIX, ''), text);
              },
              delete: async () => undefined,
            },
          }
        : undefined,
  };
}
