import { linkedDirectiveName, linksTo } from '@postbook/service-kit/edge';
import { type DocumentNode, Kind, parse, print, visit } from 'graphql';

/** The specifications of the directives that say who may ask for what, with the name of the one directive of each. */
export const SECURITY_DIRECTIVES = {
  authenticated: { spec: 'https://specs.apollo.dev/authenticated', directive: 'authenticated' },
  requiresScopes: { spec: 'https://specs.apollo.dev/requiresScopes', directive: 'requiresScopes' },
  policy: { spec: 'https://specs.apollo.dev/policy', directive: 'policy' },
} as const;

/** Scalars that belong to a specification: `policy__Policy`. */
const isOwnScalar = (type: string, prefixes: readonly string[]) =>
  prefixes.some((prefix) => type.startsWith(`${prefix}__`));

/**
 * The supergraph without `@authenticated`, `@requiresScopes` and `@policy`. @apollo/gateway refuses a supergraph that links
 * a specification of security which it can't enforce; the gate enforces them, from the original text. Whatever else is
 * linked for security stays, so that the refusal holds for what nobody here enforces. The definitions go too: clients
 * would see them by introspection.
 */
export function withoutSecurityLinks(sdl: string): string {
  const document = parse(sdl);
  const specs = Object.values(SECURITY_DIRECTIVES);
  const links = new Set(specs.flatMap(({ spec }) => linksTo(document, spec)));
  if (links.size === 0) return sdl;
  const names = specs.flatMap((wanted) => linkedDirectiveName(document, wanted) ?? []);
  const known = new Set(names);
  const prefixes = [...names, ...specs.map(({ directive }) => directive)];
  const stripped: DocumentNode = visit(document, {
    Directive: (node) => (links.has(node as never) || known.has(node.name.value) ? null : undefined),
    DirectiveDefinition: (node) => (known.has(node.name.value) ? null : undefined),
    ScalarTypeDefinition: (node) => (isOwnScalar(node.name.value, prefixes) ? null : undefined),
  });
  return print({ ...stripped, kind: Kind.DOCUMENT });
}
