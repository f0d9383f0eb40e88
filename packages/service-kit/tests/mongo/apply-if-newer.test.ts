import { dropMongoDatabase, testStores, uniqueName } from '@postbook/testkit';
import { MongoClient } from 'mongodb';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { applyAllIfNewer, applyIfNewer, createMongoClient, createMongoTransactor } from '../../src/index.ts';

interface Card {
  _id: string;
  username?: string;
  displayName?: string;
  authVersion?: number;
  profileVersion?: number;
}

describe('applying only newer versions', () => {
  const name = uniqueName('kit');
  const client = createMongoClient(testStores().mongodbUrl, { name });
  const transactor = createMongoTransactor(client);
  const cards = client.db(name).collection<Card>('user_cards');
  beforeEach(() => cards.deleteMany({}));
  afterAll(async () => {
    await client.close();
    await dropMongoDatabase(name);
  });
  const apply = (version: number, displayName: string) =>
    applyIfNewer(cards, { key: { _id: 'u' }, versionField: 'profileVersion', version, set: { displayName } });

  it('creates what is missing', async () => {
    expect(await apply(1, 'Ada')).toBe(true);
    expect(await cards.findOne()).toEqual({ _id: 'u', displayName: 'Ada', profileVersion: 1 });
  });

  it('replaces an older version', async () => {
    await apply(1, 'Ada');
    expect(await apply(3, 'Ada L.')).toBe(true);
    expect(await cards.findOne()).toMatchObject({ displayName: 'Ada L.', profileVersion: 3 });
  });

  it.each([
    ['late', 1],
    ['repeated', 2],
  ])('leaves a newer version alone when a %s event comes', async (_name, version) => {
    await apply(2, 'new');
    expect(await apply(version, 'old')).toBe(false);
    expect(await cards.findOne()).toMatchObject({ displayName: 'new', profileVersion: 2 });
  });

  it('keeps a version per source', async () => {
    await apply(5, 'Ada');
    const fromAuth = { key: { _id: 'u' }, versionField: 'authVersion', version: 1, set: { username: 'ada' } };
    expect(await applyIfNewer(cards, fromAuth)).toBe(true);
    expect(await cards.findOne()).toEqual({
      _id: 'u',
      displayName: 'Ada',
      profileVersion: 5,
      username: 'ada',
      authVersion: 1,
    });
  });

  it('does not end the transaction when it changes nothing', async () => {
    await apply(2, 'new');
    await transactor.run(async ({ session }) => {
      const options = {
        key: { _id: 'u' },
        versionField: 'profileVersion',
        version: 1,
        set: { displayName: 'old' },
        session,
      };
      expect(await applyIfNewer(cards, options)).toBe(false);
      await cards.insertOne({ _id: 'other' }, { session });
    });
    expect(await cards.countDocuments()).toBe(2);
  });

  it('ends with the newest whatever the order', async () => {
    const versions = [4, 1, 5, 2, 3, 5, 1];
    await Promise.all(
      versions.map((version) =>
        transactor.run(({ session }) =>
          applyIfNewer(cards, {
            key: { _id: 'u' },
            versionField: 'profileVersion',
            version,
            set: { displayName: `v${version}` },
            session,
          }),
        ),
      ),
    );
    expect(await cards.findOne()).toMatchObject({ displayName: 'v5', profileVersion: 5 });
  });

  describe('to many documents at once', () => {
    const named = (id: string, version: number) => ({
      id,
      versionField: 'profileVersion',
      version,
      set: { displayName: `${id}${version}` },
    });
    const all = () => cards.find({}, { sort: { _id: 1 } }).toArray();

    it('creates, replaces and leaves alone, each as its version says, and counts what was written', async () => {
      await applyAllIfNewer(cards, { changes: [named('a', 2), named('b', 2)] });
      const changes = [named('a', 3), named('b', 1), named('c', 1)];
      expect(await applyAllIfNewer(cards, { changes })).toBe(2);
      expect(await all()).toEqual([
        { _id: 'a', displayName: 'a3', profileVersion: 3 },
        { _id: 'b', displayName: 'b2', profileVersion: 2 },
        { _id: 'c', displayName: 'c1', profileVersion: 1 },
      ]);
    });

    it('takes the newest of several changes to one part, and each part for itself', async () => {
      const fromAuth = { id: 'a', versionField: 'authVersion', version: 1, set: { username: 'ada' } };
      const changes = [named('a', 1), named('a', 3), fromAuth, named('a', 2), named('b', 1)];
      expect(await applyAllIfNewer(cards, { changes })).toBe(3);
      expect(await all()).toEqual([
        { _id: 'a', displayName: 'a3', profileVersion: 3, username: 'ada', authVersion: 1 },
        { _id: 'b', displayName: 'b1', profileVersion: 1 },
      ]);
    });

    it('ends with the newest of each whatever the order, and whoever writes at the same time', async () => {
      const ids = ['a', 'b', 'c', 'd'];
      const batches = [3, 1, 4, 2, 4].map((version) => ids.map((id) => named(id, version)));
      const write = (changes: (typeof batches)[number]) =>
        transactor
          .run(({ session }) => applyAllIfNewer(cards, { changes, session }))
          // Both made a document that neither saw: a consumer tries its events again.
          .catch(() => transactor.run(({ session }) => applyAllIfNewer(cards, { changes, session })));
      await Promise.all(batches.map(write));
      expect((await all()).map(({ displayName }) => displayName)).toEqual(['a4', 'b4', 'c4', 'd4']);
    });

    it('needs two statements, however many the documents', async () => {
      const commands: string[] = [];
      const watched = new MongoClient(testStores().mongodbUrl, { monitorCommands: true });
      watched.on('commandStarted', ({ commandName }) => commands.push(commandName));
      const changes = Array.from({ length: 50 }, (_, index) => named(`u${index}`, 1));
      await applyAllIfNewer(watched.db(name).collection<Card>('user_cards'), { changes });
      await watched.close();
      expect(commands.filter((command) => ['find', 'update'].includes(command))).toEqual(['find', 'update']);
    });
  });
});
