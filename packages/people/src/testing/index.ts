export * from './people-owners.ts';
export * from './people-world.ts';
export * from './test-subgraph.ts';
