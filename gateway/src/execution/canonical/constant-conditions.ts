import { type DirectiveNode, Kind } from 'graphql';
import type { Variables } from '../prepared-operation.ts';

/** What a `@skip` or `@include` comes to: true includes; undefined when it isn't one of these, or depends on who asks. */
function outcomeOf({ name, arguments: given }: DirectiveNode, known: Variables): boolean | undefined {
  if (name.value !== 'skip' && name.value !== 'include') return undefined;
  const value = given?.find((argument) => argument.name.value === 'if')?.value;
  const holds = value?.kind === Kind.VARIABLE ? known[value.name.value] : value?.kind === Kind.BOOLEAN && value.value;
  if (typeof holds !== 'boolean') return undefined;
  return name.value === 'include' ? holds : !holds;
}

/**
 * Whether a selection is left out whoever asks, as with `@skip(if: true)` or `@include(if: false)`.
 *
 * @param known variables of which the value is settled.
 */
export const isNever = (directives: readonly DirectiveNode[] | undefined, known: Variables): boolean =>
  (directives ?? []).some((directive) => outcomeOf(directive, known) === false);

/** Directives without those that always include. */
export const unsettled = (directives: readonly DirectiveNode[] | undefined, known: Variables): DirectiveNode[] =>
  (directives ?? []).filter((directive) => outcomeOf(directive, known) === undefined);
