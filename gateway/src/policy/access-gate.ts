import type { Logger, Viewer } from '@postbook/service-kit/edge';
import type { DocumentNode, FieldNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { PolicyRegistry } from './access-policies.ts';
import type { AccessRequirement, AccessRequirements, Alternatives } from './access-requirements.ts';
import { findGuardedFields, type GuardedField } from './guarded-fields.ts';

/** Fields of an operation that its viewer may not ask for. */
export interface Denial {
  readonly fields: ReadonlySet<FieldNode>;
  /** `Type.field` of each. */
  readonly coordinates: readonly string[];
  /** Alike for all viewers who are denied the same of this operation. */
  readonly key: string;
}

/** Decides what of an operation its viewer may ask for. */
export interface AccessGate {
  judge(document: DocumentNode, operation: OperationDefinitionNode, context: GatewayContext): Promise<Denial>;
}

/** Options of {@link createAccessGate}. */
export interface AccessGateOptions {
  readonly schema: GraphQLSchema;
  readonly requirements: AccessRequirements;
  readonly policies: PolicyRegistry;
  readonly log: Logger;
}

/** Nothing is denied. */
export const NO_DENIAL: Denial = { fields: new Set(), coordinates: [], key: '' };

const holds = (alternatives: Alternatives | undefined, names: ReadonlySet<string>): boolean =>
  alternatives === undefined || alternatives.some((all) => all.every((name) => names.has(name)));

const policiesOf = (guarded: readonly GuardedField[]): string[] => {
  const requirements = guarded.flatMap(({ all, anyOf }) => [...all, ...anyOf.flat()]);
  return [...new Set(requirements.flatMap(({ policies }) => policies?.flat() ?? []))];
};

/** Whether a viewer meets a requirement, given the policies that hold for them. */
function createJudge(viewer: Viewer | undefined, policies: ReadonlySet<string>) {
  const scopes = new Set(viewer?.scopes);
  return (requirement: AccessRequirement): boolean =>
    (!requirement.authenticated || viewer !== undefined) &&
    holds(requirement.scopes, scopes) &&
    holds(requirement.policies, policies);
}

/** Makes a gate for one supergraph. What it finds in a document is kept as long as the document is. */
export function createAccessGate({ schema, requirements, policies, log }: AccessGateOptions): AccessGate {
  const found = new WeakMap<OperationDefinitionNode, readonly GuardedField[]>();
  const unknown = new Set<string>();

  function guardedOf(document: DocumentNode, operation: OperationDefinitionNode): readonly GuardedField[] {
    const before = found.get(operation);
    if (before) return before;
    const guarded = findGuardedFields(schema, requirements, document, operation);
    found.set(operation, guarded);
    return guarded;
  }

  async function evaluate(name: string, context: GatewayContext): Promise<boolean> {
    const evaluator = Object.hasOwn(policies, name) ? policies[name] : undefined;
    if (!evaluator) {
      if (!unknown.has(name)) log.warn({ policy: name }, 'nobody evaluates this policy: it is denied to everybody');
      unknown.add(name);
      return false;
    }
    try {
      return (await evaluator(context)) === true;
    } catch (error) {
      log.error({ err: error, policy: name }, 'a policy could not be evaluated: denied');
      return false;
    }
  }

  async function heldPolicies(guarded: readonly GuardedField[], context: GatewayContext): Promise<Set<string>> {
    const names = policiesOf(guarded);
    const results = await Promise.all(names.map((name) => evaluate(name, context)));
    return new Set(names.filter((_, index) => results[index]));
  }

  return {
    async judge(document, operation, context) {
      if (requirements.size === 0) return NO_DENIAL;
      const guarded = guardedOf(document, operation);
      if (guarded.length === 0) return NO_DENIAL;
      const isMet = createJudge(context.viewer, await heldPolicies(guarded, context));
      const isAllowed = ({ all, anyOf }: GuardedField) =>
        all.every(isMet) && (anyOf.length === 0 || anyOf.some((one) => one.every(isMet)));
      const denied = guarded.flatMap((field, index) => (isAllowed(field) ? [] : [{ ...field, index }]));
      if (denied.length === 0) return NO_DENIAL;
      return {
        fields: new Set(denied.map(({ node }) => node)),
        coordinates: denied.map(({ coordinate }) => coordinate),
        key: denied.map(({ index }) => index).join(),
      };
    },
  };
}
