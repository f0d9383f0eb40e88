import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type HeaderRules, isReservedHeader, NO_HEADER_RULES } from './header-rules.ts';

const NAME = /^[a-z0-9!#$%&'+.^_`|~-]+$/;
const PATTERN = /^[a-z0-9!#$%&'+.^_`|~-]+\*?$/;

const lower = z.string().transform((name) => name.toLowerCase());
const target = lower
  .refine((name) => NAME.test(name), 'is no name of a header')
  .refine((name) => !isReservedHeader(name), 'is a header that the gateway keeps to itself');

const propagate = z
  .strictObject({
    propagate: lower.refine((name) => PATTERN.test(name), 'is no name of a header, nor the beginning of one and *'),
    as: target.optional(),
  })
  .refine(
    (rule) => rule.as !== undefined || !isReservedHeader(rule.propagate),
    'the gateway keeps this header to itself',
  )
  .refine((rule) => rule.as === undefined || !rule.propagate.endsWith('*'), 'several headers cannot become one');
const fixed = z.strictObject({
  set: target,
  value: z.string().regex(/^[\t\x20-\x7e]*$/, 'has characters that headers cannot carry'),
});

const rules = z.array(z.union([propagate, fixed])).default([]);
const schema = z.strictObject({ all: rules, subgraphs: z.record(z.string(), rules).default({}) });

const isInline = (text: string) => text.trimStart().startsWith('{');

/**
 * Rules as JSON, or the path of a file with such, as a zod transform that names what is wrong:
 * `{"all": [{"propagate": "accept-language"}], "subgraphs": {"chats": [{"propagate": "x-tenant", "as": "x-org"},
 * {"set": "x-from", "value": "gateway"}]}}`.
 */
export function readHeaderRules(text: string, context: z.RefinementCtx): HeaderRules {
  if (text.trim() === '') return NO_HEADER_RULES;
  try {
    const parsed = schema.safeParse(JSON.parse(isInline(text) ? text : readFileSync(text, 'utf8')));
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) context.addIssue(`${path.join('.')}: ${message}`);
  } catch (error) {
    context.addIssue(
      `must be JSON, or the path of a file with JSON (${error instanceof Error ? error.name : 'unreadable'})`,
    );
  }
  return z.NEVER;
}
