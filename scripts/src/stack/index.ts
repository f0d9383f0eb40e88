export * from './migrate.ts';
export * from './run-lock.ts';
export * from './stack.ts';
