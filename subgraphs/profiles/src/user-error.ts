import type { UserErrorCode } from './generated/resolver-types.ts';

/** A reason why a mutation changed nothing, as the graph's `UserError`. */
export interface UserErrorValue {
  readonly code: UserErrorCode;
  /** What is wrong and what to do. Never contains what was entered. */
  readonly message: string;
  /** The input field it is about, outermost first; empty when it is about the whole. */
  readonly path: readonly string[];
}

/** Makes a reason about a field of the mutation's `input`, or about the whole without a field. */
export const userError = (code: UserErrorCode, message: string, ...field: readonly string[]): UserErrorValue => ({
  code,
  message,
  path: field.length === 0 ? [] : ['input', ...field],
});

/** What came of a change: a value, or the reasons why there is none. */
export type Outcome<Value> =
  | { readonly value: Value; readonly errors: readonly [] }
  | { readonly value: null; readonly errors: readonly UserErrorValue[] };

/** The change was made, or was made already. */
export const done = <Value>(value: Value): Outcome<Value> => ({ value, errors: [] });

/** Nothing was changed. */
export const refused = (...errors: readonly UserErrorValue[]): Outcome<never> => ({ value: null, errors });
