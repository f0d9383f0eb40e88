import fc from 'fast-check';
import {
  buildSchema,
  executeSync,
  type FieldNode,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  Kind,
  parse,
  type SelectionSetNode,
  validate,
  visit,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { asComposedBefore, composeGraph, createTestGate, viewerWith } from './fixture/gated-graph.ts';

/** Everything that can carry a requirement, and every way around it. */
const SDL = `
  scalar Sealed @authenticated
  enum Mood @requiresScopes(scopes: [["mood"]]) { GOOD }
  type Query { node: Node nodes: [Node!] other: Other either: Either open: Open known: Known scoped: Scoped }
  interface Node { id: ID text: String next: Node }
  interface Other { id: ID }
  type Open implements Node & Other { id: ID text: String next: Node sealed: Sealed mood: Mood either: Either known: Known }
  type Known implements Node & Other @authenticated { id: ID text: String next: Node either: Either }
  type Scoped implements Node @requiresScopes(scopes: [["scoped"]]) { id: ID text: String next: Node known: Known }
  type Picky implements Node { id: ID text: String @requiresScopes(scopes: [["text"]]) next: Node @policy(policies: [["admin"]]) }
  union Either = Open | Known | Picky
`;
const composed = composeGraph({ a: SDL });
const schema = buildSchema(SDL, { assumeValid: true });

const OBJECTS = ['Open', 'Known', 'Scoped', 'Picky'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Node: ['id', 'text', 'next'],
  Other: ['id'],
  Either: [],
  Open: ['id', 'text', 'next', 'sealed', 'mood', 'either', 'known'],
  Known: ['id', 'text', 'next', 'either'],
  Scoped: ['id', 'text', 'next', 'known'],
  Picky: ['id', 'text', 'next'],
  Query: ['node', 'nodes', 'other', 'either', 'open', 'known', 'scoped'],
};
const RETURNS: Readonly<Record<string, string>> = {
  next: 'Node',
  node: 'Node',
  nodes: 'Node',
  other: 'Other',
  either: 'Either',
  open: 'Open',
  known: 'Known',
  scoped: 'Scoped',
};

/** Selections of a type: fields under their own name or an alias, fragments on anything, named ones. */
function selections(type: string, depth: number): fc.Arbitrary<string> {
  const fields = FIELDS[type] ?? [];
  const leaf = fc.constant('__typename');
  const field = fc.constantFrom(...fields, '__typename').chain((name) => {
    const alias = fc.constantFrom('', `${name}1: `);
    const returned = RETURNS[name];
    if (returned === undefined) return alias.map((prefix) => `${prefix}${name}`);
    if (depth === 0) return leaf;
    return fc.tuple(alias, selections(returned, depth - 1)).map(([prefix, inner]) => `${prefix}${name} { ${inner} }`);
  });
  const on = type === 'Query' ? ['Query'] : ['Node', 'Other', 'Either', ...OBJECTS];
  const fragment =
    depth === 0
      ? leaf
      : fc.oneof(
          fc
            .constantFrom(...on)
            .chain((target) => selections(target, depth - 1).map((inner) => `... on ${target} { ${inner} }`)),
          selections(type, depth - 1).map((inner) => `... { ${inner} }`),
          type === 'Query' ? leaf : fc.constantFrom('...F', '...G'),
        );
  return fc
    .array(fc.oneof({ weight: 3, arbitrary: field }, { weight: 2, arbitrary: fragment }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.join(' '));
}

const operations = fc
  .tuple(selections('Query', 4), selections('Node', 2), selections('Either', 1))
  .map(([query, f, g]) => `query { ${query} } fragment F on Node { ${f} } fragment G on Either { ${g} }`)
  .filter((text) => !/(fragment F[^}]*)\.\.\.[FG]|fragment G.*\.\.\.[FG]/.test(text))
  .map(withoutIdleFragments)
  .filter((text) => validate(schema, parse(text)).length === 0);

/** Fragments that nothing spreads are a mistake. */
function withoutIdleFragments(text: string): string {
  const document = parse(text);
  const used = new Set<string>();
  visit(document, { FragmentSpread: ({ name }) => void used.add(name.value) });
  const [query = '', ...fragments] = text.split(/ (?=fragment )/);
  return [query, ...fragments.filter((fragment) => used.has(fragment.split(' ')[1] ?? ''))].join(' ');
}

const viewers = fc.record({
  isKnown: fc.boolean(),
  isAdmin: fc.boolean(),
  scopes: fc.subarray(['mood', 'scoped', 'text']),
});

/** Asks an operation of the whole schema, and tells which fields of which types were really read. */
function readFields(text: string, denied: readonly string[], document = parse(text)): Set<string> {
  const read = new Set<string>();
  const kept = visit(document, {
    Field: (node: FieldNode) => (denied.includes(String(node.loc?.start)) ? null : undefined),
    SelectionSet: {
      leave: (node: SelectionSetNode) =>
        node.selections.length > 0
          ? undefined
          : { ...node, selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }] },
    },
  });
  executeSync({
    schema,
    document: kept,
    fieldResolver(_source, _args, _context, { parentType, fieldName, returnType }) {
      read.add(`${parentType.name}.${fieldName}`);
      const named = getNamedType(returnType);
      if (fieldName === 'nodes') return OBJECTS.map((__typename) => ({ __typename }));
      if (isAbstractType(named)) {
        const types = schema.getPossibleTypes(named);
        return { __typename: types[text.length % types.length]?.name };
      }
      return named.name === 'Mood' ? 'GOOD' : {};
    },
  });
  return read;
}

/** What must be true of a viewer who reads a field of an object. */
function mayRead(
  coordinate: string,
  viewer: { isKnown: boolean; isAdmin: boolean; scopes: readonly string[] },
): boolean {
  const [type = '', field = ''] = coordinate.split('.');
  const scopes = new Set(viewer.isKnown ? viewer.scopes : []);
  const ofType: Readonly<Record<string, boolean>> = {
    Known: viewer.isKnown,
    Sealed: viewer.isKnown,
    Scoped: scopes.has('scoped'),
    Mood: scopes.has('mood'),
  };
  const ofField: Readonly<Record<string, boolean>> = {
    'Picky.text': scopes.has('text'),
    'Picky.next': viewer.isKnown && viewer.isAdmin,
  };
  const returned = getNamedType((schema.getType(type) as GraphQLObjectType).getFields()[field]?.type);
  return (ofType[type] ?? true) && (ofField[coordinate] ?? true) && (ofType[returned?.name ?? ''] ?? true);
}

describe.each([
  ['as it is composed now', composed],
  ['as it was composed before 2.12', asComposedBefore(composed)],
])('whatever is asked of a graph %s', (_how, supergraphSdl) => {
  const gate = createTestGate({ supergraphSdl });

  it('nothing is read that the viewer may not read', async () => {
    let denials = 0;
    await fc.assert(
      fc.asyncProperty(operations, viewers, async (text, viewer) => {
        const person = viewer.isKnown ? viewerWith(viewer.scopes, viewer.isAdmin ? 'Admin' : 'User') : undefined;
        const { denied } = await gate.ask(text, { viewer: person });
        denials += denied.size;
        const read = readFields(
          text,
          [...denied].map(({ loc }) => String(loc?.start)),
        );
        expect([...read].filter((coordinate) => !mayRead(coordinate, viewer))).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(denials).toBeGreaterThan(150);
  });

  it('nothing is denied to who may read everything, or where nothing is guarded', async () => {
    const open = createTestGate({
      supergraphSdl: composeGraph({ a: SDL.replaceAll(/@\w+(\(\w+: \[\["\w+"\]\]\))?/g, '') }),
    });
    await fc.assert(
      fc.asyncProperty(operations, async (text) => {
        const all = await gate.ask(text, { viewer: viewerWith(['mood', 'scoped', 'text'], 'Admin') });
        expect([all.denied.size, (await open.ask(text)).denied.size]).toEqual([0, 0]);
      }),
      { numRuns: 150 },
    );
  });
});
