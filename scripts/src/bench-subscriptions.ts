import { runBench } from './bench/run-bench.ts';

// `npm run bench:subscriptions`: thousands of subscribers; see docs/performance.md.
await runBench('subscriptions-bench');
