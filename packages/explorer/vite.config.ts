import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * Everything the page needs ends up in `dist/`, so that it works without a network. Nothing is inlined as a script and
 * workers are files of their own: the gateway's Content-Security-Policy allows neither inline scripts nor blob workers.
 */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The editor alone is above Vite's default warning size.
    chunkSizeWarningLimit: 4_000,
    rolldownOptions: {
      // "use no memo" speaks to the React compiler, which we don't run: a hundred lines of noise.
      onLog: (level, log, next) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : next(level, log)),
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:4000', ws: true } } },
});
