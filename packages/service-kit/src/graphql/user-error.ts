/** The reasons a `UserError` of the graph can have; the enum of common.graphql. */
export const USER_ERROR_CODES = [
  'REQUIRED',
  'TOO_SHORT',
  'TOO_LONG',
  'INVALID_FORMAT',
  'TOO_WEAK',
  'TAKEN',
  'INVALID_CREDENTIALS',
  'INVALID_CODE',
  'EXPIRED',
  'TOO_MANY_ATTEMPTS',
  'NOT_FOUND',
  'NOT_ALLOWED',
  'ALREADY_DONE',
  'SELF',
  'EMAIL_NOT_VERIFIED',
] as const;

/** One of {@link USER_ERROR_CODES}. */
export type UserErrorCode = (typeof USER_ERROR_CODES)[number];

/** A reason why a mutation changed nothing, as the graph's `UserError`. */
export interface UserErrorValue {
  readonly code: UserErrorCode;
  /** What is wrong and what to do. Never contains what was entered. */
  readonly message: string;
  /** The input field it is about, outermost first; empty when it is about the whole. */
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

/** The change was made, or was made already. */
export const done = <Value>(value: Value): Outcome<Value> => ({ value, errors: [] });

/** Nothing was changed, for these reasons. */
export const refused = (...errors: readonly UserErrorValue[]): Outcome<never> => ({ value: null, errors });
