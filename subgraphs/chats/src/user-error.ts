import type { UserErrorCode } from './generated/resolver-types.ts';

/** A reason why a mutation changed nothing, as the graph's `UserError`. */
export interface UserErrorValue {
  readonly code: UserErrorCode;
  /** What is wrong and what to do. Never contains what was entered. */
  readonly message: string;
  /** The input field it is about; empty when it is about the whole. */
  readonly path: readonly string[];
}

/** What came of a mutation: its result, or the reasons why nothing changed. */
export type Outcome<Value> =
  | { readonly value: Value; readonly errors: readonly [] }
  | { readonly value: null; readonly errors: readonly UserErrorValue[] };

/** Makes a reason about a field of the mutation's `input` (with the places within it), or about the whole without one. */
export const userError = (
  code: UserErrorCode,
  message: string,
  ...field: readonly (string | number)[]
): UserErrorValue => ({
  code,
  message,
  path: field.length === 0 ? [] : ['input', ...field.map(String)],
});

/** The mutation succeeded. */
export const succeeded = <Value>(value: Value): Outcome<Value> => ({ value, errors: [] });

/** The mutation changed nothing, for these reasons. */
export const refused = (...errors: readonly UserErrorValue[]): Outcome<never> => ({ value: null, errors });
