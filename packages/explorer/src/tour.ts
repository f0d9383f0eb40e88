/** One prepared tab: the operation with its comment, and the variables it starts with. */
export interface TourStep {
  readonly query: string;
  readonly variables?: string;
}

const texts = (modules: Record<string, unknown>): Map<string, string> =>
  new Map(Object.entries(modules).map(([path, text]) => [path, String(text)]));

const operations = texts(import.meta.glob('./tour/*.graphql', { query: '?raw', import: 'default', eager: true }));
const variables = texts(import.meta.glob('./tour/*.json', { query: '?raw', import: 'default', eager: true }));

/**
 * The guided tour, in the order of the file names in `src/tour`: `<n>-<name>.graphql` is a tab, and
 * `<n>-<name>.json` beside it holds its variables.
 */
export const tour: TourStep[] = [...operations]
  .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
  .map(([path, query]) => {
    const values = variables.get(path.replace(/\.graphql$/, '.json'));
    return values === undefined ? { query } : { query, variables: values };
  });
