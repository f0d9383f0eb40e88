import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One thing that the specification asks for. */
export interface SpecificationItem {
  /** `auth`, `profiles`, …; `everywhere` for what belongs to no domain alone. */
  readonly domain: string;
  /** The table or collection it belongs to, or `functions`, `procedures`, `triggers`. */
  readonly section: string;
  /** `column`, `field`, `index`, `rule`, … */
  readonly kind: string;
  /** The specification's words, of embedded fields with their path. */
  readonly item: string;
  /** Its line in the specification. */
  readonly line: number;
}

/** What the specification asks for, in its order: `items.tsv`, each with its line so that it can be checked by eye. */
export function specificationItems(): SpecificationItem[] {
  const [, ...lines] = readFileSync(join(import.meta.dirname, 'items.tsv'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((text) => {
    const [domain = '', section = '', kind = '', item = '', line = ''] = text.split('\t');
    return { domain, section, kind, item, line: Number(line) };
  });
}
