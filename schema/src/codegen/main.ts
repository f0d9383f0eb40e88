#!/usr/bin/env node
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers';
import { readSdl } from '@postbook/service-kit';
import { parse } from 'graphql';
import { readMappers } from './mappers.ts';

// `postbook-codegen`, run by a subgraph's `codegen` script: makes the resolver types of the subgraph in this folder.
const folder = process.cwd();
const output = join(folder, 'src', 'generated', 'resolver-types.ts');

const code = await codegen({
  filename: output,
  schema: parse(readSdl(join(folder, 'src'))),
  documents: [],
  plugins: [{ typescript: {} }, { resolvers: {} }],
  pluginMap: { typescript, resolvers: typescriptResolvers },
  config: {
    federation: true,
    useTypeImports: true,
    strictScalars: true,
    scalars: {
      DateTime: { input: 'Date', output: 'Date' },
      federation__FieldSet: { input: 'string', output: 'string' },
      _FieldSet: { input: 'string', output: 'string' },
    },
    contextType: '../context.ts#Context',
    mappers: readMappers(folder),
    enumsAsTypes: true,
    immutableTypes: true,
    avoidOptionals: { field: true, inputValue: false, object: false, defaultValue: true },
  },
});
mkdirSync(dirname(output), { recursive: true });
writeFileSync(output, code);
process.stdout.write(`codegen: wrote ${relative(folder, output)}\n`);
