#!/usr/bin/env node
import { join, relative } from 'node:path';
import { ESLint } from 'eslint';
import { parser, plugin } from './plugin.ts';
import { rules } from './rules.ts';

// `postbook-graphql-lint`: lints the SDL of the subgraph in this folder together with the common one. With --json it
// writes a list of {file, line, rule, message} for programs, and succeeds whatever it found.
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
if (process.argv.includes('--json')) {
  const findings = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, ruleId, message }) => ({
      file: relative(folder, filePath).replaceAll('\\', '/'),
      line,
      rule: (ruleId ?? 'syntax').replace('@graphql-eslint/', ''),
      message,
    })),
  );
  process.stdout.write(JSON.stringify(findings));
} else {
  const report = await (await eslint.loadFormatter('stylish')).format(results);
  const problems = results.reduce((sum, result) => sum + result.errorCount + result.warningCount, 0);
  process.stdout.write(problems > 0 ? report : `graphql-lint: ${results.length} files are fine\n`);
  process.exitCode = problems > 0 ? 1 : 0;
}
