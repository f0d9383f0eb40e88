/** The three stores PostBook needs. */
export type StoreName = 'postgres' | 'mongodb' | 'redis';

/** One running store, embedded or given by URL. */
export interface StoreHandle {
  readonly name: StoreName;
  /** Where clients connect. Stays the same while the data folder does, as long as its ports are free. */
  readonly url: string;
  /** For people, such as "PostgreSQL 18.4 (embedded)". */
  readonly engine: string;
  /** Why this engine was chosen over the others. */
  readonly why: string;
  /** True when the URL was given: nothing was started and nothing will be stopped. */
  readonly external: boolean;
  /** Ids of the processes that serve it now; read anew after a supervised restart. Empty when external. */
  readonly pids: number[];
}

/** All three stores, ready to be used. */
export interface EmbeddedStores {
  readonly postgres: StoreHandle;
  readonly mongodb: StoreHandle;
  readonly redis: StoreHandle;
  /** Stops what was started, data kept. Idempotent; resolves when every process is gone. */
  stop(): Promise<void>;
}

/** Something a person waiting would like to know. */
export interface ProgressEvent {
  readonly store: StoreName | 'all';
  /** One sentence: what is done and, where it is slow, why. */
  readonly message: string;
  /** `step`: begun; `done`: finished, with `elapsedMs`; `warning`: a store died, was adopted, or a choice was skipped. */
  readonly kind: 'step' | 'done' | 'warning';
  /** How long the step took, in milliseconds. */
  readonly elapsedMs?: number;
}

/** Receives progress; must not throw. */
export type OnProgress = (event: ProgressEvent) => void;

/** Ports to listen on instead of remembered or free ones; taken ones are an error. */
export interface StorePorts {
  readonly postgres?: number;
  readonly mongodb?: number;
  readonly redis?: number;
}

/** URLs of stores that exist already; each one given is used as it is. */
export interface StoreUrls {
  readonly postgres?: string | undefined;
  readonly mongodb?: string | undefined;
  readonly redis?: string | undefined;
}

/** How to start the stores. */
export interface EmbeddedStoresOptions {
  /** Where data, ports and logs live. Created when missing; one launcher at a time. */
  readonly dataDir: string;
  /** True: an acknowledged write survives a power cut (Redis: all but the last second). False: fast, for tests. */
  readonly durable: boolean;
  /** Default: POSTGRES_URL, MONGODB_URL and REDIS_URL of the environment. */
  readonly urls?: StoreUrls;
  readonly ports?: StorePorts;
  /** Default: silence. */
  readonly onProgress?: OnProgress;
  /** Restart a store that dies, on its port, with growing pauses. Default false. */
  readonly supervise?: boolean;
  /** Default: read from the environment, see config.ts. */
  readonly config?: Partial<EmbeddedConfig>;
}

/** What the environment may say about embedded stores. */
export interface EmbeddedConfig {
  /** POSTBOOK_MONGO_ENGINE: which engine stands in for MONGODB_URL. Default 'auto': mongod if to be had, else DocumentDB. */
  readonly mongoEngine: 'auto' | 'mongod' | 'documentdb';
  /** POSTBOOK_CACHE_DIR: where fetched programs are kept, shared by checkouts. */
  readonly cacheDir: string;
  /** POSTBOOK_DEBIAN_MIRROR: base address of a Debian archive, for systems that are like Debian but are not. */
  readonly debianMirror: string | undefined;
  /** PATH, searched for servers and tools. */
  readonly path: string;
  readonly urls: StoreUrls;
}
