import graphqlPlugin from '@graphql-eslint/eslint-plugin';
import type { ESLint, Linter } from 'eslint';

/** graphql-eslint's parser. Its types are made for another major of ESLint, hence the way round. */
export const parser = graphqlPlugin.parser as unknown as Linter.Parser;
/** graphql-eslint's rules. */
export const plugin = graphqlPlugin as unknown as ESLint.Plugin;
