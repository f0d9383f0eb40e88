import { readFile, rename, writeFile } from 'node:fs/promises';
import { createGraphqlClient, eventually } from '@postbook/testkit';
import type { ChatStage } from '../chat-graph/chat-stage.ts';

/** What happens to a gateway in a long life. Each resolves when the gateway has got over it, and rejects if it doesn't. */
export interface Disturbances {
  readonly counts: { readonly restarts: number; readonly reloads: number };
  /** Kills the subgraphs and starts them again. */
  restart(): Promise<void>;
  /** Exchanges the supergraph: with a field more, then without it again. */
  reload(): Promise<void>;
}

const FIELD = 'nickname';
const WITHIN = { timeoutMs: 30_000, everyMs: 50 };

/** @param url where the gateway's GraphQL answers. */
export async function createDisturbances(stage: ChatStage, url: string): Promise<Disturbances> {
  const { supergraphPath } = stage;
  const client = createGraphqlClient({ url, token: await stage.tokens.issue() });
  const original = await readFile(supergraphPath, 'utf8');
  const changed = original.replace(/(type Person[^{]*\{)/, `$1\n  ${FIELD}: String @join__field(graph: PEOPLE)`);
  const counts = { restarts: 0, reloads: 0 };

  async function hasField(): Promise<boolean> {
    const query = '{ __type(name: "Person") { fields { name } } }';
    const { __type } = await client.data<{ __type: { fields: readonly { name: string }[] } }>(query);
    return __type.fields.some(({ name }) => name === FIELD);
  }

  return {
    counts,
    async restart() {
      await stage.restartChat();
      await eventually(() => client.data('{ head(room: "x") person(id: "u1") { username } }'), WITHIN);
      counts.restarts += 1;
    },
    async reload() {
      const isChanged = counts.reloads % 2 === 0;
      // Put in place by a rename, as a deployment does: the gateway must never read half a file.
      await writeFile(`${supergraphPath}.next`, isChanged ? changed : original);
      await rename(`${supergraphPath}.next`, supergraphPath);
      await eventually(async () => (await hasField()) === isChanged, WITHIN);
      counts.reloads += 1;
    },
  };
}
