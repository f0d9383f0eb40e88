import { randomBytes } from 'node:crypto';
import { closeRedis, createIdentitySigner, createRedis, silentLogger, waitForRedis } from '@postbook/service-kit';
import {
  createSubgraphClient,
  dropPostgresDatabase,
  type GraphqlClient,
  type MailServer,
  startMailServer,
  type TestViewer,
  testStores,
  uniqueName,
} from '@postbook/testkit';
import { decodeJwt } from 'jose';
import postgres from 'postgres';
import { type AuthConfig, loadConfig } from '../src/config.ts';
import { createAuthServer } from '../src/server.ts';
import { LOG_IN, REGISTER, VERIFY } from './operations.ts';

/** The secret that signs internal calls. */
export const SECRET = 'the secret of the tests, 32 characters long';

/** A person with a verified account and a session. */
export interface LoggedIn {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly viewer: TestViewer;
  readonly client: GraphqlClient;
}

/** The answer of a mutation, whichever it is. */
// biome-ignore lint/suspicious/noExplicitAny: answers of every shape; the expectations check them.
export type Answer = Record<string, any>;

/** A password that the policy takes. */
export const PASSWORD = 'vier-Lerchen-im-Moos';

/** Starts the auth subgraph with stores, Redis namespace and mail server of its own. */
export async function startAuth(environment: Record<string, string> = {}) {
  const { postgresUrl, redisUrl } = testStores();
  const database = uniqueName('auth');
  const namespace = uniqueName('auth');
  const mailServer: MailServer = await startMailServer();
  const variables = {
    POSTGRES_URL: postgresUrl,
    AUTH_DATABASE: database,
    POSTGRES_POOL_SIZE: '10',
    REDIS_URL: redisUrl,
    REDIS_NAMESPACE: namespace,
    INTERNAL_IDENTITY_SECRET: SECRET,
    SECRETS_KEY: randomBytes(32).toString('hex'),
    ARGON2_MEMORY_KIB: '1024',
    ARGON2_PASSES: '1',
    LOG_LEVEL: 'silent',
    SMTP_URL: mailServer.url,
    ...environment,
  };
  const config: AuthConfig = loadConfig(variables);
  const server = createAuthServer(config);
  const { url } = await server.start();
  const serverUrl = new URL(postgresUrl);
  serverUrl.pathname = `/${database}`;
  const sql = postgres(serverUrl.toString(), { max: 3, onnotice: () => undefined });
  const redis = createRedis(redisUrl, { name: 'auth tests', log: silentLogger });
  await waitForRedis(redis, 5_000);
  const signer = createIdentitySigner({ secret: SECRET });

  const client = (viewer?: TestViewer, ip = '192.0.2.1', endpoint = url) =>
    createSubgraphClient({
      url: `${endpoint}/graphql`,
      audience: 'auth',
      signer,
      viewer,
      client: { ip, userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
    });

  /** Every caller has an address of their own, so that only tests of limits meet them. */
  let callers = 0;
  const newCaller = () => {
    callers += 1;
    return client(undefined, `198.51.${callers >> 8}.${callers & 255}`);
  };

  const codeFor = async (email: string) => {
    const mail = await mailServer.waitForMail(email, ({ raw }) => /\n {4}(\d{6})\r?\n/.test(raw));
    return /\n {4}(\d{6})\r?\n/.exec(mail.raw)?.[1] ?? '';
  };

  const register = async (username: string, email: string, more: Answer = {}) => {
    const input = { username, email, password: PASSWORD, firstName: 'Ada', lastName: 'Lovelace', ...more };
    return (await newCaller().data<Answer>(REGISTER, { input })).register as Answer;
  };

  const verify = async (email: string, code: string) =>
    (await newCaller().data<Answer>(VERIFY, { input: { email, code } })).verifyEmail as Answer;

  const logIn = async (login: string, password = PASSWORD, caller = newCaller()) =>
    (await caller.data<Answer>(LOG_IN, { input: { login, password } })).logIn as Answer;

  const viewerFrom = (accessToken: string): TestViewer => {
    const claims = decodeJwt(accessToken);
    return {
      userId: String(claims.sub),
      sessionId: String(claims.sid),
      role: claims.role as TestViewer['role'],
      scopes: claims.scopes as string[],
    };
  };

  const logInAs = async (username: string, email: string): Promise<LoggedIn> => {
    const { tokens } = await logIn(username);
    const viewer = viewerFrom(tokens.accessToken);
    return { id: viewer.userId, username, email, ...tokens, viewer, client: client(viewer) };
  };

  /** A person with a verified account who is logged in. */
  const person = async (name = uniqueName('p')): Promise<LoggedIn> => {
    const email = `${name}@example.org`;
    await register(name, email);
    await verify(email, await codeFor(email));
    return logInAs(name, email);
  };

  return {
    url,
    config,
    variables,
    sql,
    redis,
    namespace,
    signer,
    mailServer,
    client,
    newCaller,
    codeFor,
    register,
    verify,
    logIn,
    logInAs,
    viewerFrom,
    person,
    async stop() {
      await server.stop();
      await Promise.all([sql.end(), closeRedis(redis), mailServer.stop()]);
      await dropPostgresDatabase(database);
    },
  };
}

/** What {@link startAuth} gives. */
export type AuthFixture = Awaited<ReturnType<typeof startAuth>>;
