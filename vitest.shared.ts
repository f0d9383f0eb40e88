import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * What every package's vitest.config.ts builds on. Stores come from the run's environment, or are started once by the
 * testkit; each test file has databases of its own, so files may run side by side.
 */
export const vitestConfig = (options: { stores: boolean; globalSetup?: string }) =>
  defineConfig({
    // graphql 16 exists twice, and Vite prefers the ES modules while Node gives Apollo's packages the CommonJS ones: an
    // error or a schema of one isn't accepted by the other. Everything gets what Node itself would load.
    resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
    test: {
      include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
      pool: 'forks',
      maxWorkers: 2,
      testTimeout: 90_000,
      hookTimeout: 120_000,
      retry: 0,
      reporters: ['default', ['json', { outputFile: '.vitest/report.json' }]],
      ...(options.stores ? { globalSetup: [options.globalSetup ?? '@postbook/testkit/global-setup'] } : {}),
    },
  });
