import { type DirectiveNode, Kind } from 'graphql';

/** Whether a selection is left out whatever the variables are: `@skip(if: true)` or `@include(if: false)`. */
export const isNever = (directives: readonly DirectiveNode[] | undefined): boolean =>
  (directives ?? []).some(({ name, arguments: given }) => {
    const value = given?.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind !== Kind.BOOLEAN) return false;
    return (name.value === 'skip' && value.value) || (name.value === 'include' && !value.value);
  });
