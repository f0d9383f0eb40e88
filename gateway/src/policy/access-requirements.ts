import { linkedDirectiveName } from '@postbook/service-kit/edge';
import { type ConstDirectiveNode, type DocumentNode, valueFromASTUntyped } from 'graphql';
import { SECURITY_DIRECTIVES } from './security-links.ts';

/** Alternatives of which one must hold, each a list of names that must all hold. */
export type Alternatives = readonly (readonly string[])[];

/** What a viewer must be to ask for a type or a field. */
export interface AccessRequirement {
  readonly authenticated: boolean;
  readonly scopes: Alternatives | undefined;
  readonly policies: Alternatives | undefined;
}

/** Requirements by coordinate: `Type` or `Type.field`. */
export type AccessRequirements = ReadonlyMap<string, AccessRequirement>;

interface Annotated {
  readonly name?: { readonly value: string };
  readonly directives?: readonly ConstDirectiveNode[];
  readonly fields?: readonly Annotated[];
}

/** The list of lists in a directive's argument; an empty one demands nothing, as in Apollo Router. */
function alternativesOf(directive: ConstDirectiveNode | undefined, argument: string): Alternatives | undefined {
  const value = directive?.arguments?.find(({ name }) => name.value === argument)?.value;
  const list: unknown = value && valueFromASTUntyped(value);
  const alternatives = Array.isArray(list) ? list.map((names) => (Array.isArray(names) ? names.map(String) : [])) : [];
  return alternatives.length > 0 ? alternatives : undefined;
}

/** Reads `@authenticated`, `@requiresScopes` and `@policy` from a supergraph, under whatever names it links them. */
export function readAccessRequirements(supergraph: DocumentNode): AccessRequirements {
  const authenticated = linkedDirectiveName(supergraph, SECURITY_DIRECTIVES.authenticated);
  const requiresScopes = linkedDirectiveName(supergraph, SECURITY_DIRECTIVES.requiresScopes);
  const policy = linkedDirectiveName(supergraph, SECURITY_DIRECTIVES.policy);
  const requirements = new Map<string, AccessRequirement>();

  function read(coordinate: string, { directives = [] }: Annotated): void {
    const find = (name: string | undefined) => directives.find((directive) => directive.name.value === name);
    const requirement = {
      authenticated: authenticated !== undefined && find(authenticated) !== undefined,
      scopes: alternativesOf(find(requiresScopes), 'scopes'),
      policies: alternativesOf(find(policy), 'policies'),
    };
    if (requirement.authenticated || requirement.scopes || requirement.policies) {
      requirements.set(coordinate, requirement);
    }
  }

  for (const node of supergraph.definitions as readonly Annotated[]) {
    const type = node.name?.value;
    if (type === undefined) continue;
    read(type, node);
    for (const field of node.fields ?? []) read(`${type}.${field.name?.value}`, field);
  }
  return requirements;
}
