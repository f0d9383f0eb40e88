import { mergeConfig } from 'vitest/config';
import { vitestConfig } from '../../vitest.shared.ts';

// Each file runs a graph of its own, so they take turns.
export default mergeConfig(vitestConfig({ stores: false }), {
  test: { fileParallelism: false, testTimeout: 120_000, hookTimeout: 180_000, bail: 0 },
});
