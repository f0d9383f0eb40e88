import { createHash } from 'node:crypto';
import type { OperationLimits } from '@postbook/service-kit/edge';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { operationLimitsRule } from '../limits/operation-limits.ts';
import { parseDocument } from '../limits/parse-document.ts';

/** A document that is valid for the schema in force and within the limits. */
export interface ValidDocument {
  readonly document: DocumentNode;
  /** SHA-256 of the text, in hexadecimal digits. */
  readonly digest: string;
}

/** Parses and validates documents, and remembers those that are good. */
export interface DocumentCache {
  /** The document, or what is wrong with it. */
  read(text: string, schema: GraphQLSchema): ValidDocument | readonly GraphQLError[];
}

/** Options of {@link createDocumentCache}. */
export interface DocumentCacheOptions {
  readonly limits: OperationLimits;
  /** Rules beyond those of the specification, such as one against introspection. */
  readonly rules: readonly ValidationRule[];
  /** Bytes that remembered documents may take, as estimated from their texts. Default 32 MiB. */
  readonly maxBytes?: number;
}

/** A parsed document takes about so many bytes for each character of its text. */
const BYTES_PER_CHARACTER = 40;

const invalid = ({ message, nodes, originalError }: GraphQLError) =>
  new GraphQLError(message, {
    nodes: nodes ?? null,
    originalError: originalError ?? null,
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  });

/** Makes a cache for one schema at a time: what was validated against an older one is forgotten. */
export function createDocumentCache(options: DocumentCacheOptions): DocumentCache {
  const { limits, rules } = options;
  const limitRules = [operationLimitsRule(limits)];
  const schemaRules = [...specifiedRules, ...rules];
  const known = new LRUCache<string, ValidDocument>({
    maxSize: options.maxBytes ?? 32 * 1024 * 1024,
    sizeCalculation: (_document, text) => (text.length + 1) * BYTES_PER_CHARACTER,
  });
  let knownFor: WeakRef<GraphQLSchema> | undefined;

  /** Limits come first: the rules of the specification are what a huge document is meant to keep busy. */
  function problemsOf(document: DocumentNode, schema: GraphQLSchema): readonly GraphQLError[] {
    const exceeded = validate(schema, document, limitRules);
    return exceeded.length > 0 ? exceeded : validate(schema, document, schemaRules);
  }

  return {
    read(text, schema) {
      if (knownFor?.deref() !== schema) {
        known.clear();
        knownFor = new WeakRef(schema);
      }
      const found = known.get(text);
      if (found) return found;
      const document = parseDocument(text, limits.tokens);
      if (document instanceof GraphQLError) return [document];
      const problems = problemsOf(document, schema);
      if (problems.length > 0) return problems.map(invalid);
      const valid = { document, digest: createHash('sha256').update(text).digest('hex') };
      known.set(text, valid);
      return valid;
    },
  };
}
