import { runBench } from './bench/run-bench.ts';

// `npm run soak -- --minutes 60`: whether the gateway's memory stays flat; see docs/performance.md.
await runBench('soak');
