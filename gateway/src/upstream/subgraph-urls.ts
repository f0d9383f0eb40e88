import { z } from 'zod';

const urls = z.record(z.string(), z.string());

const fromPairs = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(',')
      .map((pair) => pair.trim())
      .filter((pair) => pair !== '')
      .map((pair) => {
        const split = pair.indexOf('=');
        return [pair.slice(0, Math.max(split, 0)), pair.slice(split + 1)];
      }),
  );

const fromJson = (text: string): Record<string, string> | undefined => {
  try {
    return urls.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

/** `{"chats":"http://…"}` or `chats=http://…,posts=http://…`, as a zod transform that names what is wrong. */
export function readSubgraphUrls(text: string, context: z.RefinementCtx): Readonly<Record<string, string>> {
  const map = text.trim().startsWith('{') ? fromJson(text) : fromPairs(text);
  const isUsable = (name: string, url: string) => name !== '' && /^https?:$/.test(URL.parse(url)?.protocol ?? '');
  if (map && Object.entries(map).every(([name, url]) => isUsable(name, url))) return map;
  context.addIssue('must be name=http://…,name=http://… or a JSON object of such');
  return z.NEVER;
}
