import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ConfigError,
  defineConfig,
  integerVariable,
  secretVariable,
  switchVariable,
  urlVariable,
} from '../../src/index.ts';

const schema = z.object({
  PORT: integerVariable({ min: 0, max: 65_535 }).default(0),
  REDIS_URL: urlVariable('redis:', 'rediss:'),
  SECRET: secretVariable(),
  INTROSPECTION: switchVariable(true),
});

describe('configuration', () => {
  it('reads a good environment into typed values', () => {
    const environment = {
      PORT: '4001',
      REDIS_URL: 'redis://127.0.0.1:1',
      SECRET: 's'.repeat(32),
      INTROSPECTION: 'off',
    };
    expect(defineConfig(schema, environment)).toEqual({
      PORT: 4001,
      REDIS_URL: 'redis://127.0.0.1:1',
      SECRET: 's'.repeat(32),
      INTROSPECTION: false,
    });
  });

  it('takes an empty variable for an absent one', () => {
    const config = defineConfig(schema, { PORT: '', REDIS_URL: 'redis://h', SECRET: 's'.repeat(32) });
    expect(config.PORT).toBe(0);
  });

  it('reports every mistake at once, by variable, and never a value', () => {
    const read = () =>
      defineConfig(schema, { PORT: '70000', REDIS_URL: 'http://h', SECRET: 'hunter2', INTROSPECTION: 'maybe' });
    expect(read).toThrow(ConfigError);
    try {
      read();
    } catch (error) {
      const { mistakes, message } = error as ConfigError;
      expect(mistakes.map((mistake) => mistake.split(':')[0])).toEqual([
        'PORT',
        'REDIS_URL',
        'SECRET',
        'INTROSPECTION',
      ]);
      expect(message).not.toContain('hunter2');
    }
  });

  it('accepts MongoDB URLs with several hosts', () => {
    const several = z.object({ MONGODB_URL: urlVariable('mongodb:') });
    expect(defineConfig(several, { MONGODB_URL: 'mongodb://a:1,b:2,c:3/?replicaSet=rs0' }).MONGODB_URL).toContain(
      'b:2',
    );
  });
});
