export { createCallPlanner } from './check/operation-plans.ts';
export * from './compose.ts';
export * from './subgraphs.ts';
