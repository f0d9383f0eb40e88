import { randomUUID } from 'node:crypto';
import { createIdentitySigner, type RunnableService, subscriptionBody } from '@postbook/service-kit';
import {
  createSubgraphClient,
  createSubscriber,
  type GraphqlClient,
  type Subscriber,
  type TestSubscription,
  type TestViewer,
} from '@postbook/testkit';

/** A running process of the subgraph. */
export interface Instance {
  readonly url: string;
  stop(): Promise<void>;
}

/** What a test does with the processes of one subgraph: it speaks to them as the gateway would. */
export class TestSubgraph {
  readonly #name: string;
  readonly #create: () => RunnableService;
  readonly #sockets: Subscriber[] = [];
  readonly signer: ReturnType<typeof createIdentitySigner>;
  readonly instances: Instance[] = [];

  /** @param options `create` makes one more process, all on the same stores. */
  constructor(options: { readonly name: string; readonly secret: string; create(): RunnableService }) {
    this.#name = options.name;
    this.#create = options.create;
    this.signer = createIdentitySigner({ secret: options.secret });
  }

  async startInstance(): Promise<Instance> {
    const service = this.#create();
    const { url } = await service.start();
    const instance = { url, stop: () => service.stop() };
    this.instances.push(instance);
    return instance;
  }

  /** The instance of that number, around again after the last. */
  instance(number = 0): Instance {
    const instance = this.instances[number % this.instances.length];
    if (!instance) throw new Error('no instance runs');
    return instance;
  }

  /** Somebody who is logged in. */
  viewer(userId: string): TestViewer {
    return { userId, sessionId: randomUUID(), role: 'User', scopes: [] };
  }

  /** Calls on behalf of a person, or of nobody. */
  client(userId: string | undefined, instance = this.instance()): GraphqlClient {
    const viewer = userId === undefined ? undefined : this.viewer(userId);
    return createSubgraphClient({ url: `${instance.url}/graphql`, audience: this.#name, signer: this.signer, viewer });
  }

  /** Opens a subscription on behalf of a person, or of nobody. */
  subscribe<Data>(
    person: { readonly id: string } | undefined,
    query: string,
    variables: Record<string, unknown>,
    instance = this.instance(),
  ): TestSubscription<Data> {
    const socket = createSubscriber({ url: `${instance.url.replace('http', 'ws')}/graphql` });
    this.#sockets.push(socket);
    const identity = this.signer.sign({
      audience: this.#name,
      operationType: 'subscription',
      body: subscriptionBody({ query, variables }),
      ...(person ? { viewer: this.viewer(person.id) } : {}),
    });
    return socket.subscribe<Data>(query, variables, { identity });
  }

  /** Closes what was opened and stops all processes. */
  async stop(): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.close()));
    await Promise.all(this.instances.map((instance) => instance.stop()));
  }
}
