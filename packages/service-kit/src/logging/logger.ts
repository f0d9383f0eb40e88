import { type DestinationStream, type Logger, pino } from 'pino';
import { currentRequestTrace } from './request-scope.ts';

export type { Logger } from 'pino';

/** Names of fields that may hold a secret or personal data, at any of the depths that are logged. */
const SENSITIVE_FIELDS = [
  'password',
  'newPassword',
  'currentPassword',
  'passwordHash',
  'token',
  'accessToken',
  'refreshToken',
  'code',
  'secret',
  'authorization',
  'cookie',
  'identity',
  'email',
  'phoneNumber',
  'content',
  'html',
  'text',
  'variables',
];

const REDACTED_PATHS = SENSITIVE_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** Codes of the system's errors, such as ECONNREFUSED: what happened, where a mailed `code` would be a secret. */
const SYSTEM_ERROR_CODE = /^(E[A-Z]{3,}|ERR_[A-Z0-9_]+)$/;

const censor = (value: unknown, path: string[]) =>
  path.at(-1) === 'code' && SYSTEM_ERROR_CODE.test(String(value)) ? value : '[redacted]';

/** Options of {@link createLogger}. */
export interface LoggerOptions {
  /** Name of the process, on every line. */
  readonly service: string;
  /** Least severe level that is written. Default `info`. */
  readonly level?: string;
  /** `pretty` for people, `json` (default) for machines. */
  readonly format?: 'pretty' | 'json';
  /** Where lines go instead of standard output; for tests. */
  readonly destination?: DestinationStream;
}

/**
 * A structured logger that carries the ids of the request being served and never writes a field that may hold a secret
 * or personal data. Redaction is by field name, so log objects, not sentences with values in them.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level ?? 'info',
    base: { service: options.service },
    redact: { paths: REDACTED_PATHS, censor },
    mixin: () => ({ ...currentRequestTrace() }),
  };
  if (options.destination) return pino(settings, options.destination);
  if (options.format !== 'pretty') return pino(settings);
  return pino({
    ...settings,
    transport: {
      target: 'pino-pretty',
      options: { ignore: 'pid,hostname,service,requestId,traceparent', messageFormat: '{service}: {msg}' },
    },
  });
}

/** A logger that writes nothing, for tests that don't look at logs. */
export const silentLogger: Logger = pino({ level: 'silent' });
