import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Reads which shape of ours stands behind which type of the graph: a subgraph's `src/mappers.ts` exports `UserModel` for
 * the type `User`. Types without a model are expected in full from their parent's resolver.
 */
export function readMappers(subgraphFolder: string): Record<string, string> {
  const file = join(subgraphFolder, 'src', 'mappers.ts');
  if (!existsSync(file)) return {};
  const names = [...readFileSync(file, 'utf8').matchAll(/\b([A-Z]\w*)Model\b/g)].map((match) => match[1] ?? '');
  return Object.fromEntries([...new Set(names)].map((name) => [name, `../mappers.ts#${name}Model`]));
}
