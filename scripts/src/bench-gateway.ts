import { runBench } from './bench/run-bench.ts';

// `npm run bench:gateway`: the gateway beside its rivals; see docs/performance.md.
await runBench('gateway-bench');
