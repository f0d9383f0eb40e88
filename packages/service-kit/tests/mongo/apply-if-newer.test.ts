import { dropMongoDatabase, testStores, uniqueName } from '@postbook/testkit';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { applyIfNewer, createMongoClient, createMongoTransactor } from '../../src/index.ts';

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
});
