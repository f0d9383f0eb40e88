import type { Viewer } from '@postbook/service-kit/edge';
import type { GatewayContext } from '../context.ts';

/**
 * Decides one name of `@policy`. It is asked once per operation, and only for operations that ask for such a field. What it
 * throws counts as no.
 */
export type PolicyEvaluator = (context: GatewayContext) => boolean | Promise<boolean>;

/** Evaluators by the names that `@policy` uses. A name that isn't there is denied to everybody. */
export type PolicyRegistry = Readonly<Record<string, PolicyEvaluator>>;

const hasRole =
  (...roles: readonly Viewer['role'][]): PolicyEvaluator =>
  ({ viewer }) =>
    viewer !== undefined && roles.includes(viewer.role);

/** The policies of PostBook: the roles in the token. What is done with them is authorised again where the data is. */
export const rolePolicies: PolicyRegistry = {
  moderator: hasRole('Moderator', 'Admin'),
  admin: hasRole('Admin'),
};
