import { type DocumentNode, type FieldNode, print, visit } from 'graphql';
import { printArguments } from './canonical-naming.ts';

/** Tells apart selections of one object field that ask for different things of it. */
export interface SelectionVariants {
  /** Empty for the first variant, and for fields without a selection. */
  variantOf(field: FieldNode): string;
}

const keyOf = (field: FieldNode): string => `${field.name.value}(${printArguments(field)})`;
const responseName = (field: FieldNode): string => (field.alias ?? field.name).value;

/**
 * Reads an operation's variants. Two aliases of one field are one selection only when the same is selected inside:
 * otherwise a `null` that bubbles inside one would take the other with it.
 */
export function readVariants(document: DocumentNode): SelectionVariants {
  const byField = new Map<string, Map<string, Set<string>>>();
  visit(document, {
    Field(field) {
      if (!field.selectionSet) return;
      const names = byField.get(keyOf(field)) ?? new Map<string, Set<string>>();
      byField.set(keyOf(field), names);
      const texts = names.get(responseName(field)) ?? new Set<string>();
      names.set(responseName(field), texts.add(print(field.selectionSet)));
    },
  });

  const variants = new Map<string, string>();
  for (const [field, names] of byField) {
    const byText = new Map<string, string>();
    for (const [name, texts] of names) {
      const [text = ''] = texts;
      // A name that has several selections may have any of them, or all, at one place.
      const same = texts.size === 1 ? byText.get(text) : undefined;
      const variant = same ?? (byText.size > 0 ? name : '');
      if (texts.size === 1) byText.set(text, variant);
      else byText.set(`${name} ${byText.size}`, variant);
      variants.set(`${field} ${name}`, variant);
    }
  }
  return { variantOf: (field) => variants.get(`${keyOf(field)} ${responseName(field)}`) ?? '' };
}
