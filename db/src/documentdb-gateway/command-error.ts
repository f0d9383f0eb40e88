/** The MongoDB error codes this gateway itself raises or gives a meaning to; the name is the `codeName`. */
export const ErrorCode = {
  InternalError: 1,
  BadValue: 2,
  HostUnreachable: 6,
  FailedToParse: 9,
  NamespaceNotFound: 26,
  CursorNotFound: 43,
  MaxTimeMSExpired: 50,
  CommandNotFound: 59,
  ShutdownInProgress: 91,
  WriteConflict: 112,
  CommandNotSupported: 115,
  TransactionTooOld: 225,
  NoSuchTransaction: 251,
  OperationNotSupportedInTransaction: 263,
  UnsupportedOpQueryCommand: 352,
  TemporarilyUnavailable: 365,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
} as const;

const NAMES = new Map<number, string>(Object.entries(ErrorCode).map(([name, code]) => [code, name]));

/** Labels by which the driver decides what to do about an error. */
export const ErrorLabel = {
  /** The whole transaction may be run again. */
  TransientTransaction: 'TransientTransactionError',
  /** The same command, with its transaction number, may be sent again. */
  RetryableWrite: 'RetryableWriteError',
  /** Whether the commit took place must be asked for by committing again. */
  UnknownCommit: 'UnknownTransactionCommitResult',
} as const;

/** A failed command, as the client is told. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: number;
  readonly codeName: string;
  readonly labels: readonly string[];
  /** Further fields of the reply, such as `keyPattern`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** True when the command was refused before anything was done, so that sending it again is always safe. */
  readonly nothingHappened: boolean;

  constructor(
    code: number,
    message: string,
    more: {
      codeName?: string;
      labels?: readonly string[];
      fields?: Record<string, unknown>;
      nothingHappened?: boolean;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.codeName = more.codeName ?? NAMES.get(code) ?? `Location${code}`;
    this.labels = more.labels ?? [];
    this.fields = more.fields ?? {};
    this.nothingHappened = more.nothingHappened ?? false;
  }

  /** The same error with labels added. */
  withLabels(...labels: readonly string[]): CommandError {
    const all = [...new Set([...this.labels, ...labels])];
    const { codeName, fields, nothingHappened } = this;
    return new CommandError(this.code, this.message, { codeName, labels: all, fields, nothingHappened });
  }
}
