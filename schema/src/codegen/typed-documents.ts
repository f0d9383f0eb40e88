import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { buildSchema, isAbstractType, parse } from 'graphql';

/** What front ends get for a value of a scalar that is not built in: JSON as it travels. */
const SCALARS = { DateTime: 'string', ID: 'string' };

/** Which types stand behind each interface and union: caches that normalise need it to match fragments. */
function possibleTypesOf(apiSdl: string): string {
  const schema = buildSchema(apiSdl);
  const abstract = Object.values(schema.getTypeMap()).filter((type) => isAbstractType(type));
  const entries = abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)] as const);
  return [
    '/** Which types stand behind each interface and union, for `new InMemoryCache({ possibleTypes })`. */',
    `export const possibleTypes: Record<string, string[]> = ${JSON.stringify(Object.fromEntries(entries))};`,
    '',
  ].join('\n');
}

/**
 * TypeScript with a typed document for each operation, and the types they need.
 *
 * @param apiSdl what clients see.
 * @param operations files of `schema/operations`, by path.
 */
export async function generateTypedDocuments(apiSdl: string, operations: ReadonlyMap<string, string>): Promise<string> {
  const code = await codegen({
    filename: 'documents.ts',
    schema: parse(apiSdl),
    documents: [...operations].map(([location, text]) => ({ location, document: parse(text) })),
    plugins: [{ operations: {} }, { documents: {} }],
    pluginMap: { operations: typescriptOperations, documents: typedDocumentNode },
    config: {
      useTypeImports: true,
      strictScalars: true,
      scalars: SCALARS,
      enumType: 'const',
      immutableTypes: true,
      dedupeFragments: true,
    },
  });
  return `${code}\n${possibleTypesOf(apiSdl)}`;
}
