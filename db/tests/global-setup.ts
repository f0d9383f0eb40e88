import { startTestStores } from '../src/embedded/index.ts';

/** The same stores as the testkit's, which this package can't use: the testkit builds on it. */
export default function setup(): Promise<(() => Promise<void>) | undefined> {
  return startTestStores('db', process.env);
}
