import { CriticalityLevel, DiffRule, diff } from '@graphql-inspector/core';
import type { GraphQLSchema } from 'graphql';
import type { SchemaChange, Severity } from './schema-change.ts';

const SEVERITIES: Readonly<Record<CriticalityLevel, Severity>> = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: 'safe',
};

/**
 * What changed for clients. A type that is new is one change, not one for each of its fields. A field that is deprecated,
 * or that no known operation uses, still breaks somebody when it goes: not every client is known.
 */
export async function findApiChanges(released: GraphQLSchema, current: GraphQLSchema): Promise<SchemaChange[]> {
  const changes = await diff(released, current, [DiffRule.simplifyChanges]);
  return changes.map(({ criticality, type, path, message }) => ({
    severity: SEVERITIES[criticality.level],
    type: String(type),
    path: path ?? 'schema',
    message,
    usedBy: [],
  }));
}
