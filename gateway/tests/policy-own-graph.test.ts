import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isIntrospectionType, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createDocumentList, readManifest } from '../src/policy/document-manifest.ts';
import { apiSchemaOf, createTestGate, viewerWith } from './fixture/gated-graph.ts';

const schemaFolder = join(import.meta.dirname, '..', '..', 'schema');
const supergraphSdl = readFileSync(join(schemaFolder, 'supergraph.graphql'), 'utf8');
const operations = readManifest(readFileSync(join(schemaFolder, 'trusted-documents.json'), 'utf8'));

/** The largest pages that the services give, whatever a variable of that kind is for. */
function largestPages(body: string): Record<string, unknown> {
  const [operation] = parse(body).definitions as OperationDefinitionNode[];
  const lengths = (operation?.variableDefinitions ?? []).filter(
    ({ type }) => type.kind === Kind.NAMED_TYPE && type.name.value === 'Int',
  );
  return Object.fromEntries(lengths.map(({ variable }) => [variable.name.value, 50]));
}

describe('PostBook’s own operations', () => {
  const gate = createTestGate({ supergraphSdl });

  it.each(operations.map(({ name, body }) => [name, body] as const))(
    '%s passes with the largest pages',
    async (_name, body) => {
      const { refusals, cost } = await gate.ask(body, { viewer: viewerWith(), variables: largestPages(body) });
      expect(refusals).toEqual([]);
      expect(cost).toBeLessThan(5_000);
    },
  );

  it('are trusted by what they say, in whatever order their fragments come', () => {
    const list = createDocumentList(operations);
    const body = operations.find(({ body: text }) => text.split('fragment ').length > 2)?.body ?? '';
    const reversed = body
      .split(/\n\n(?=fragment )/)
      .reverse()
      .join('\n\n');
    expect(reversed).not.toBe(body);
    expect(list.has(reversed)).toBe(true);
    expect(list.has(body.replace('{\n', '{ __typename @skip(if: true)\n'))).toBe(false);
  });
});

it('what lists everything a hundredfold is refused', async () => {
  const pages =
    '{ people: conversations(first: 50) { nodes { messages(last: 50) { nodes { sender { friends(first: 50) { nodes { id } } } } } } } }';
  const { refusals } = await createTestGate({ supergraphSdl }).ask(pages, { viewer: viewerWith() });
  expect(refusals.map(({ extensions }) => extensions.code)).toEqual(['COST_ESTIMATED_TOO_EXPENSIVE']);
});

it('every page of the graph is one that the estimate knows: it takes first or last, and has nodes or edges', () => {
  const pages = Object.values(apiSchemaOf(supergraphSdl).getTypeMap())
    .filter((type) => !isIntrospectionType(type) && type.name.endsWith('Connection'))
    .map((type) => ('getFields' in type ? Object.keys(type.getFields()) : []));
  expect(pages.length).toBeGreaterThan(5);
  expect(pages.filter((fields) => !fields.includes('nodes') && !fields.includes('edges'))).toEqual([]);
});
