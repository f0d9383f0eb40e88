import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from 'mongodb';
import type postgres from 'postgres';
import type { DatabaseDefinition } from '../../src/mongo/index.ts';
import type { Place } from './map.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** What a database has: which things of which kinds. */
export interface Catalogue {
  /** Tables or collections. */
  readonly containers: readonly string[];
  has(kind: string, name: string): boolean;
}

/** What a PostgreSQL database has, by its own catalogue. */
export async function postgresCatalogue(sql: postgres.Sql): Promise<Catalogue> {
  const rows = await sql<{ kind: string; name: string }[]>`
    select 'table' as kind, relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
    union all
    select 'column', relname || '.' || attname from pg_attribute join pg_class on pg_class.oid = attrelid
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and attnum > 0 and not attisdropped
    union all
    select 'index', relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('i', 'I')
    union all
    select 'constraint', conname from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select case prokind when 'p' then 'procedure' else 'function' end, proname from pg_proc
      where pronamespace = 'public'::regnamespace
    union all
    select 'trigger', tgname from pg_trigger where not tgisinternal
    union all
    select 'schema', nspname from pg_namespace`;
  const known = new Set(rows.map(({ kind, name }) => `${kind} ${name}`));
  return {
    containers: rows.filter(({ kind }) => kind === 'table').map(({ name }) => name),
    has: (kind, name) => known.has(`${kind} ${name}`),
  };
}

/** The part of a schema at a path; lists are passed through to their items. */
function schemaAt(schema: Document | undefined, path: readonly string[]): Document | undefined {
  if (schema?.items) return schemaAt(schema.items, path);
  const [name, ...rest] = path;
  if (name === undefined) return schema;
  return schemaAt(schema?.properties?.[name], rest);
}

/** `content maxLength 5000`, `userId required`, `oneOf`. */
function hasRule(validator: Document, path: string, keyword: string, value: string | undefined): boolean {
  const schema = validator.$jsonSchema as Document;
  const steps = path.split('.').filter((step) => step !== '');
  if (keyword === '$expr') return validator.$expr !== undefined;
  if (keyword === 'required') {
    return schemaAt(schema, steps.slice(0, -1))?.required?.includes(steps.at(-1)) === true;
  }
  // The list's own keywords, not those of its items.
  const parent = steps.length > 0 ? schemaAt(schema, steps.slice(0, -1))?.properties?.[steps.at(-1) ?? ''] : schema;
  const found = parent?.[keyword] ?? schemaAt(schema, steps)?.[keyword];
  return found !== undefined && (value === undefined || String(found) === value);
}

/** What a MongoDB database has, by its definition, to which the migration brings every database. */
export function mongoCatalogue({ collections }: DatabaseDefinition<never>): Catalogue {
  const validators = new Map(collections.map(({ name, validator }) => [name, validator]));
  const indexes = new Set(collections.flatMap((collection) => collection.indexes.map(({ name }) => name)));
  const ttl = new Set(
    collections.flatMap((collection) =>
      collection.indexes.filter(({ options }) => options?.expireAfterSeconds !== undefined).map(({ name }) => name),
    ),
  );
  return {
    containers: [...validators.keys()],
    has(kind, name) {
      const [place = '', keyword = '', value] = name.split(' ');
      const [collection = '', ...path] = place.split('.');
      const validator = validators.get(collection);
      switch (kind) {
        case 'collection':
          return validator !== undefined;
        case 'index':
          return indexes.has(name);
        case 'ttl':
          return ttl.has(name);
        case 'field':
          return validator !== undefined && (path[0] === '_id' || schemaAt(validator.$jsonSchema, path) !== undefined);
        case 'rule':
          return validator !== undefined && hasRule(validator, path.join('.'), keyword, value);
        default:
          return false;
      }
    },
  };
}

const sources = (folder: string): string =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.includes('generated'))
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .join('\n')
    : '';

/** Whether there is something outside of the databases: a job or a constant of a service, an event, a file. */
export function existsInCode({ owner, kind, name }: Place): boolean {
  switch (kind) {
    case 'job':
      return [`subgraphs/${owner}/src`, `packages/${owner}/src`].some((folder) =>
        new RegExp(`name: ['\`][^'\`\\n]*${name}['\`]`).test(sources(join(ROOT, folder))),
      );
    case 'event':
      return sources(join(ROOT, 'packages/events/src')).includes(`${name}: defineEvent(`);
    case 'file':
      return existsSync(join(ROOT, name));
    default:
      return false;
  }
}
