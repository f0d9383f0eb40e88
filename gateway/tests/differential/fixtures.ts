import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { GRAPH_NAMES, type GraphName } from './graphs.ts';
import type { Case } from './harness.ts';
import type { JsonValue } from './json.ts';

/** The first words of problems. */
const PROBLEMS = ['data', 'errors', 'effects', 'calls', 'threw'] as const;

const json: z.ZodType<JsonValue> = z.json();

const shape = z.strictObject({
  graph: z.enum(GRAPH_NAMES),
  seed: z.int().min(0),
  faults: z.enum(['none', 'errors', 'lies']),
  query: z.string(),
  variables: z.record(z.string(), json).default({}),
  operationName: z.string().optional(),
  why: z.string(),
  /** Whether the gateway fails it too, for now. */
  open: z.boolean().default(false),
  /** What @apollo/gateway gets wrong in it, if anything. */
  stock: z.enum(PROBLEMS).optional(),
});

/** A comparison that once showed a fault, and the sentence that says which. */
export interface Fixture extends Case {
  readonly graph: GraphName;
  readonly why: string;
  /** A fault that isn't mended yet: the test expects it, so that mending shows. */
  readonly open: boolean;
  /** What @apollo/gateway gets wrong in it, if anything. */
  readonly stock?: (typeof PROBLEMS)[number] | undefined;
}

/** Every fixture, in the order of its file's name. */
export function loadFixtures(): readonly Fixture[] {
  const folder = join(import.meta.dirname, 'fixtures');
  const files = readdirSync(folder).sort();
  return files.map((file) => shape.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))));
}
