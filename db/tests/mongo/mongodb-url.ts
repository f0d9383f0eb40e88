/** Where the run's MongoDB is. @throws Error when the run has none: the package's global setup starts it. */
export function mongodbUrl(): string {
  const url = process.env.MONGODB_URL;
  if (url) return url;
  throw new Error('MONGODB_URL is not set: run the tests with the vitest config of this package.');
}
