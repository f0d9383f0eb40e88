/** Reads a whole number from the environment. */
function wholeNumber(name: string, standard: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return standard;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} must be a whole number, not ${text}`);
  return value;
}

/** How much is compared, the one place where the environment is read. */
export const RUNS = {
  /** Operations over each graph. */
  perGraph: wholeNumber('DIFFERENTIAL_RUNS', 500),
  /** Where they start; fixed, so that a build doesn't fail by chance. */
  seed: wholeNumber('DIFFERENTIAL_SEED', 20_240_501),
} as const;
