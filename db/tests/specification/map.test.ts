import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTH_DATABASE } from '../../src/auth/index.ts';
import { domainDatabases } from '../../src/domains.ts';
import type { DatabaseDefinition } from '../../src/mongo/index.ts';
import { openTestDatabase, type TestDatabase } from '../auth/database-fixture.ts';
import { specificationItems } from './items.ts';
import { decisionsIn, type MapRow, type Place, readMap } from './map.ts';
import { type Catalogue, existsInCode, mongoCatalogue, postgresCatalogue } from './places.ts';

const MONGO_DOMAINS = ['profiles', 'chats', 'posts', 'media', 'notifications'];
const items = specificationItems();
const map = readMap();

/** A domain's definition, wherever its folder exists. */
async function definitionOf(domain: string): Promise<DatabaseDefinition<Db> | undefined> {
  const index = join(import.meta.dirname, '../../src', domain, 'index.ts');
  if (!existsSync(index)) return undefined;
  const exported = (await import(index)) as Record<string, unknown>;
  return exported[`${domain}Database`] as DatabaseDefinition<Db> | undefined;
}

const definitions = new Map<string, DatabaseDefinition<Db>>();
for (const domain of MONGO_DOMAINS) {
  const definition = await definitionOf(domain);
  // Registration makes a domain part of the graph: from then on the map must know it.
  if (definition && domainDatabases.some(({ name }) => name === definition.name)) definitions.set(domain, definition);
}
const registered = ['auth', ...definitions.keys()];
const pending = MONGO_DOMAINS.filter((domain) => !definitions.has(domain));

const catalogues = new Map<string, Catalogue>();
let auth: TestDatabase;
beforeAll(async () => {
  auth = await openTestDatabase();
  catalogues.set('auth', await postgresCatalogue(auth.sql));
  for (const [domain, definition] of definitions) catalogues.set(domain, mongoCatalogue(definition as never));
});
afterAll(() => auth.close());

const databaseNames = () => [AUTH_DATABASE, ...[...definitions.values()].map(({ name }) => name)];
const exists = (place: Place): boolean =>
  place.kind === 'database'
    ? databaseNames().includes(place.name)
    : catalogues.get(place.owner)?.has(place.kind, place.name) || existsInCode(place);

const keyOf = ({ kind, item }: { kind: string; item: string }) => `${kind} ${item}`;
const sectionsOf = (domains: readonly string[]) =>
  [
    ...new Set(
      items.filter(({ domain }) => domains.includes(domain)).map(({ domain, section }) => `${domain}: ${section}`),
    ),
  ].map((id) => {
    const [domain = '', section = ''] = id.split(': ');
    return { id, domain, section };
  });
const rowsOf = (domain: string, section: string): readonly MapRow[] =>
  map.sections.filter((found) => found.domain === domain && found.section === section).flatMap(({ rows }) => rows);

const covered = [...registered, ...(pending.length === 0 ? ['everywhere'] : [])];

describe('the list of what the specification asks for', () => {
  it('has as many of each kind as the specification says', () => {
    const count = (kind: string, domain?: string) =>
      items.filter((item) => item.kind === kind && (domain === undefined || item.domain === domain)).length;
    expect(['table', 'function', 'procedure', 'trigger'].map((kind) => count(kind))).toEqual([5, 6, 7, 2]);
    expect(MONGO_DOMAINS.map((domain) => count('collection', domain))).toEqual([3, 2, 5, 1, 1]);
  });

  it('has nothing twice, and goes through each section from top to bottom', () => {
    const keys = items.map((item) => `${item.domain} ${item.section} ${keyOf(item)}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { domain, section } of sectionsOf(['auth', ...MONGO_DOMAINS])) {
      const lines = items.filter((item) => item.domain === domain && item.section === section).map(({ line }) => line);
      expect(lines, section).toEqual([...lines].sort((a, b) => a - b));
    }
  });
});

describe('the map of the specification', () => {
  it.each(sectionsOf(covered))('has each item of $id in one row', ({ domain, section }) => {
    const asked = items.filter((item) => item.domain === domain && item.section === section).map(keyOf);
    const mapped = rowsOf(domain, section).flatMap((row) => row.items.map(keyOf));
    expect(mapped.sort()).toEqual(asked.sort());
  });

  it.each(sectionsOf(covered))('leads to what exists, for $id', ({ domain, section }) => {
    const missing = rowsOf(domain, section)
      .flatMap(({ places }) => places)
      .filter((place) => !exists(place));
    expect(missing.map(({ owner, kind, name }) => `${owner} ${kind} ${name}`)).toEqual([]);
  });

  it.each(sectionsOf(covered))('says by which decision something of $id lives nowhere', ({ domain, section }) => {
    const silent = rowsOf(domain, section).filter(
      ({ places, note }) => places.length === 0 && decisionsIn(note).length === 0,
    );
    expect(silent.map((row) => row.items.map(keyOf))).toEqual([]);
  });

  it.each(registered)('lists every table or collection of %s that the specification does not have', (domain) => {
    const specified = new Set(items.filter((item) => item.domain === domain).map(({ section }) => section));
    const beyond = (catalogues.get(domain)?.containers ?? []).filter((name) => !specified.has(name));
    expect([...(map.added.get(domain)?.keys() ?? [])].sort()).toEqual(beyond.sort());
  });

  it('states every decision that it refers to, and refers to every decision that it states', () => {
    const notes = [
      ...map.sections.flatMap(({ rows }) => rows.map(({ note }) => note)),
      ...[...map.added.values()].flatMap((names) => [...names.values()]),
    ];
    const cited = new Set(notes.flatMap(decisionsIn));
    expect([...cited].sort()).toEqual([...map.decisions].sort());
  });

  it('names a decision for whatever was added', () => {
    const silent = [...map.added].flatMap(([domain, names]) =>
      [...names].filter(([, note]) => decisionsIn(note).length === 0).map(([name]) => `${domain} ${name}`),
    );
    expect(silent).toEqual([]);
  });

  it('has no section of something that the specification does not know', () => {
    const known = new Set(items.map(({ domain, section }) => `${domain}: ${section}`));
    expect(map.sections.map(({ domain, section }) => `${domain}: ${section}`).filter((id) => !known.has(id))).toEqual(
      [],
    );
  });

  for (const domain of pending) it.todo(`covers ${domain} once its database is registered in src/domains.ts`);
});
