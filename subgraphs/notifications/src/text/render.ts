import { type Catalogue, TEMPLATE_KEYS, type Template, type TemplateKey } from './catalogue.ts';
import { english } from './english.ts';

/** Languages that texts are written in, by the first part of their tag. */
const catalogues: ReadonlyMap<string, Catalogue> = new Map([['en', english]]);

/** How many of the people are named; the others are a number. */
const NAMED = 2;

/** What a notification's texts are made from. */
export interface Rendering {
  readonly templateKey: string;
  /** Names of the people shown, newest first. */
  readonly names: readonly string[];
  /** How many did it, those without a name included. */
  readonly actorCount: number;
  readonly groupCount: number;
}

/** A notification as it is read. */
export interface RenderedText {
  readonly title: string;
  readonly text: string;
}

const isTemplateKey = (key: string): key is TemplateKey => (TEMPLATE_KEYS as readonly string[]).includes(key);

/** Writes the texts in a language; in English when it is absent or not known. */
export function render(
  { templateKey, names, actorCount, groupCount }: Rendering,
  language?: string | null,
): RenderedText {
  const tag = language?.toLowerCase().split('-')[0] ?? 'en';
  const catalogue = catalogues.get(tag) ?? english;
  const template: Template = isTemplateKey(templateKey) ? catalogue.templates[templateKey] : catalogue.unknown;
  const named = names.slice(0, NAMED);
  const who = actorCount === 0 ? '' : catalogue.people(named, Math.max(0, actorCount - named.length));
  return { title: template.title, text: template.text({ who, count: groupCount }) };
}
