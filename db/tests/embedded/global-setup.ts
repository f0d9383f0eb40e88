import startStores from '../global-setup.ts';
import { prepareClusterTemplate } from './cluster-template.ts';

/** The run's stores, and clusters to copy for tests that need stores of their own. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const [stop] = await Promise.all([startStores(), prepareClusterTemplate()]);
  return stop;
}
