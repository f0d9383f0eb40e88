import { compose, driftOf, writeComposed } from './compose.ts';
import { MANIFEST_PATH, readManifest } from './manifest/document-manifest.ts';

// `npm run compose`: composes the supergraph and lists the client operations as trusted documents; with --check fails when
// what is committed is out of date.
try {
  const files = new Map([...compose(), [MANIFEST_PATH, readManifest()] as const]);
  if (process.argv.includes('--check')) {
    const drift = driftOf(files);
    if (drift.length > 0) {
      process.stderr.write(`Out of date: ${drift.join(', ')}. Run "npm run compose" and commit the result.\n`);
      process.exit(1);
    }
    process.stdout.write('The composed supergraph is up to date.\n');
  } else {
    const changed = writeComposed(files);
    process.stdout.write(changed.length > 0 ? `Wrote ${changed.join(', ')}.\n` : 'Nothing changed.\n');
  }
} catch (error) {
  process.stderr.write(`The subgraphs don't compose:\n${(error as Error).message}\n`);
  process.exit(1);
}
