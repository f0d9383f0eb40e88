import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where something lives: `auth column users.email`. */
export interface Place {
  readonly owner: string;
  readonly kind: string;
  readonly name: string;
}

/** A row of the map. */
export interface MapRow {
  /** What the specification asks for: one item, or several that live alike. */
  readonly items: readonly { readonly kind: string; readonly item: string }[];
  /** Empty: it lives nowhere, and the note says by which decision. */
  readonly places: readonly Place[];
  readonly note: string;
}

/** The map of one table, collection or group of routines. */
export interface MapSection {
  readonly domain: string;
  readonly section: string;
  readonly rows: readonly MapRow[];
}

/** What db/README.md says of the specification. */
export interface SpecificationMap {
  /** Ids of the decisions that it states, such as `Auth 3`. */
  readonly decisions: ReadonlySet<string>;
  readonly sections: readonly MapSection[];
  /** What is there beyond the specification, by domain: names of tables and collections, each with its note. */
  readonly added: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Decisions that a note refers to: `Auth 3`, `Everywhere 7 and 8`. */
export const decisionsIn = (note: string): string[] =>
  [...note.matchAll(/\b(Everywhere|Auth|Profiles|Posts|Chats|Media|Notifications) (\d+)(?: and (\d+))?/g)].flatMap(
    ([, chapter, first, second]) => [first, second].filter((n) => n !== undefined).map((n) => `${chapter} ${n}`),
  );

const codeSpans = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? '');

/** `index `a`, column `b`` as pairs of kind and name; a name without a kind has that of the one before. */
function kindsAndNames(cell: string): { words: string[]; name: string }[] {
  let words: string[] = [];
  return [...cell.matchAll(/([^`]*)`([^`]+)`/g)].map(([, before = '', name = '']) => {
    const found = before.match(/[a-z]+/g);
    if (found) words = [...found];
    return { words, name };
  });
}

const IN_A_SECTION = new Set(['column', 'field']);

/** Where an item is that kept its name. */
function samePlace(domain: string, section: string, kind: string, item: string): Place {
  return { owner: domain, kind, name: IN_A_SECTION.has(kind) ? `${section}.${item}` : item };
}

function toRow(domain: string, section: string, cells: readonly string[]): MapRow {
  const [what = '', where = '', note = ''] = cells;
  const items = kindsAndNames(what).map(({ words, name }) => ({ kind: words.at(-1) ?? '', item: name }));
  const places =
    where === 'same'
      ? items.map(({ kind, item }) => samePlace(domain, section, kind, item))
      : kindsAndNames(where).map(({ words, name }) => ({
          owner: words.length > 1 ? (words[0] ?? '') : domain,
          kind: words.at(-1) ?? '',
          name,
        }));
  return { items, places, note };
}

const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split(' | ')
    .map((cell) => cell.trim());

/** Reads the map in db/README.md. */
export function readMap(): SpecificationMap {
  const text = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const decisions = new Set([...text.matchAll(/^- \*\*([A-Z][a-z]+ \d+)\*\*:/gm)].map(([, id]) => id ?? ''));
  const sections: MapSection[] = [];
  const added = new Map<string, Map<string, string>>();
  for (const part of text.split(/^### /m).slice(1)) {
    const [heading = '', ...lines] = part.split(/^## /m)[0]?.split('\n') ?? [];
    const [domain = '', section = ''] = codeSpans(heading.replace(/^(\w+): /, '`$1` '));
    const rows = lines
      .filter((line) => line.startsWith('| ') && !/^\| (-+|specification|added) /.test(line))
      .map(cellsOf);
    if (heading.endsWith('beyond the specification')) {
      added.set(
        domain,
        new Map(rows.flatMap(([names = '', note = '']) => codeSpans(names).map((name) => [name, note] as const))),
      );
    } else if (section !== '') {
      sections.push({ domain, section, rows: rows.map((cells) => toRow(domain, section, cells)) });
    }
  }
  return { decisions, sections, added };
}
