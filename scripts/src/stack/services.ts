import { join } from 'node:path';
import { subgraphs } from '@postbook/schema';
import type { CommandConfig } from '../config.ts';
import { root } from '../paths.ts';
import type { LocalSecrets } from './secrets.ts';

/** A service of the graph: a subgraph or the gateway. */
export interface ServiceSpec {
  readonly name: string;
  readonly folder: string;
  readonly entry: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** URLs of the stores. */
export interface StoreAddresses {
  readonly postgres: string;
  readonly mongodb: string;
  readonly redis: string;
}

/** What is needed to say how every service is started. */
export interface ServicePlan {
  readonly config: CommandConfig;
  readonly stores: StoreAddresses;
  readonly secrets: LocalSecrets;
  /** Port by service name; the gateway's under `gateway`. */
  readonly ports: ReadonlyMap<string, number>;
}

const urlOf = (port: number | undefined) => `http://127.0.0.1:${port}`;

/**
 * How every service is started. Services read their own variables; here is only where the others are, and the secrets,
 * each given to nobody who doesn't need it.
 */
export function planServices(plan: ServicePlan): ServiceSpec[] {
  const { config, stores, secrets, ports } = plan;
  const shared: NodeJS.ProcessEnv = {
    LOG_FORMAT: 'pretty',
    LOG_LEVEL: 'warn',
    ...config.environment,
    HOST: '127.0.0.1',
    POSTGRES_URL: stores.postgres,
    MONGODB_URL: stores.mongodb,
    REDIS_URL: stores.redis,
    INTERNAL_IDENTITY_SECRET: config.environment.INTERNAL_IDENTITY_SECRET ?? secrets.internalIdentitySecret,
  };
  delete shared.SECRETS_KEY;
  for (const { name } of subgraphs) shared[`${name.toUpperCase()}_URL`] = `${urlOf(ports.get(name))}/graphql`;

  const services = subgraphs.map(
    ({ name, folder }): ServiceSpec => ({
      name,
      folder,
      entry: join(root, folder, 'src', 'main.ts'),
      environment: { ...shared, PORT: String(ports.get(name)), ...ownVariables(name, plan) },
    }),
  );
  return [...services, gatewaySpec(shared, plan)];
}

/** What one service alone is given: secrets of its own, and folders in the data folder. */
function ownVariables(name: string, { config, secrets }: ServicePlan): NodeJS.ProcessEnv {
  const { environment, dataDir } = config;
  switch (name) {
    case 'auth':
      return {
        SECRETS_KEY: environment.SECRETS_KEY ?? secrets.secretsKey,
        MAILBOX_DIR: environment.MAILBOX_DIR ?? join(dataDir, 'mailbox'),
      };
    case 'media':
      return { MEDIA_DIR: environment.MEDIA_DIR ?? join(dataDir, 'media') };
    default:
      return {};
  }
}

function gatewaySpec(shared: NodeJS.ProcessEnv, { ports, config }: ServicePlan): ServiceSpec {
  return {
    name: 'gateway',
    folder: 'gateway',
    entry: join(root, 'gateway', 'src', 'main.ts'),
    environment: {
      ...shared,
      HOST: config.environment.HOST ?? '127.0.0.1',
      PORT: String(ports.get('gateway')),
      SUPERGRAPH_PATH: config.environment.SUPERGRAPH_PATH ?? join(root, 'schema', 'supergraph.graphql'),
      JWKS_URL: `${urlOf(ports.get('auth'))}/.well-known/jwks.json`,
      ENTITY_CACHE: config.environment.ENTITY_CACHE ?? 'on',
      SUBGRAPH_URLS: subgraphs.map(({ name }) => `${name}=${urlOf(ports.get(name))}/graphql`).join(','),
    },
  };
}
