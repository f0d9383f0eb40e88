import { fileURLToPath } from 'node:url';
import { mergeConfig } from 'vitest/config';
import { vitestConfig } from '../vitest.shared.ts';

export default mergeConfig(vitestConfig({ stores: true }), {
  resolve: {
    // graphql 16 exists twice, and Vite prefers the ES modules while Node gives Apollo's packages the CommonJS ones: a
    // schema of one isn't accepted by the other. Everything gets what Node itself would load.
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }],
  },
});
