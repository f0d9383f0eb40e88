import path from 'node:path';

/** Debian's name for this machine's architecture, as in /usr/lib/<name>. */
export const MULTIARCH = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';

/** The program interpreter of this architecture, relative to /usr/lib/<multiarch>. */
export const DYNAMIC_LOADER = process.arch === 'arm64' ? 'ld-linux-aarch64.so.1' : 'ld-linux-x86-64.so.2';

/** Where Debian's packages keep shared libraries, below an unpacked tree. */
export function libraryFolder(root: string): string {
  return path.join(root, 'usr/lib', MULTIARCH);
}
