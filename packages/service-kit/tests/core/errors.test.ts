import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  createLogger,
  ForbiddenError,
  MASKED_MESSAGE,
  maskError,
  RateLimitedError,
  silentLogger,
  withRequestTrace,
} from '../../src/index.ts';

const located = (original: Error, path = ['me']) =>
  new GraphQLError(original.message, { originalError: original, path });

describe('errors on their way to clients', () => {
  it('pass when they are meant for them, with code and path', () => {
    const error = located(new ForbiddenError('Only members may read this.', { cause: new Error('secret') }));
    expect(maskError(error.toJSON(), error, silentLogger)).toEqual({
      message: 'Only members may read this.',
      path: ['me'],
      extensions: { code: 'FORBIDDEN' },
    });
  });

  it('carry their details', () => {
    const error = located(new RateLimitedError('Too many tries.', 30));
    expect(maskError(error.toJSON(), error, silentLogger).extensions).toEqual({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 30,
    });
  });

  it('pass when the request itself is wrong', () => {
    const error = new GraphQLError('Cannot query field "x"', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
    expect(maskError(error.toJSON(), error, silentLogger)).toMatchObject({
      message: 'Cannot query field "x"',
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  });

  it('are masked and logged in full when they are faults of ours', () => {
    const lines: string[] = [];
    const log = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
    const error = located(new TypeError('connection to 10.0.0.7 failed for user postgres'));
    const trace = { requestId: 'request-1234', traceparent: '00-0-0-01' };
    const masked = withRequestTrace(trace, () => maskError(error.toJSON(), error, log));
    expect(masked).toEqual({
      message: MASKED_MESSAGE,
      path: ['me'],
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'request-1234' },
    });
    expect(JSON.stringify(masked)).not.toContain('10.0.0.7');
    expect(lines.join('')).toContain('connection to 10.0.0.7 failed');
    expect(lines.join('')).toContain('request-1234');
  });
});

describe('the log', () => {
  it('writes no field that may hold a secret or personal data, at any depth that is logged', () => {
    const lines: string[] = [];
    const log = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
    const secret = 'hunter2-hunter2';
    log.info({ password: secret, input: { refreshToken: secret, email: secret, deeper: { code: secret } } }, 'attempt');
    log.info({ request: { headers: { authorization: secret } }, identity: secret }, 'call');
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toContain(secret);
    expect(lines.join('')).toContain('[redacted]');
  });

  it('keeps the code of an error, which says what happened, but no digits that could be a mailed code', () => {
    const lines: string[] = [];
    const log = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
    log.error({ err: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }, 'no answer');
    log.error({ err: Object.assign(new Error('wrong'), { code: '012345' }) }, 'no match');
    expect(lines[0]).toContain('ECONNREFUSED');
    expect(lines[1]).not.toContain('012345');
  });
});
