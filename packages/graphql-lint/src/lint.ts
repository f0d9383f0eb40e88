#!/usr/bin/env node
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { parser, plugin } from './plugin.ts';
import { rules } from './rules.ts';

// `postbook-graphql-lint`: lints the SDL of the subgraph in this folder together with the common one.
const folder = process.cwd();
const common = join(import.meta.dirname, '..', '..', 'service-kit', 'src', 'graphql', 'common.graphql');
const federation = join(import.meta.dirname, 'federation.graphql');

const eslint = new ESLint({
  cwd: folder,
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ['**/*.graphql'],
      languageOptions: {
        parser,
        parserOptions: { graphQLConfig: { schema: [join(folder, 'src/*/**/*.graphql'), common, federation] } },
      },
      plugins: { '@graphql-eslint': plugin },
      rules,
    },
  ],
});
const results = await eslint.lintFiles(['src/*/**/*.graphql']);
const report = await (await eslint.loadFormatter('stylish')).format(results);
const problems = results.reduce((sum, result) => sum + result.errorCount + result.warningCount, 0);
process.stdout.write(problems > 0 ? report : `graphql-lint: ${results.length} files are fine\n`);
process.exit(problems > 0 ? 1 : 0);
