import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Absolute path of the folder that `vite build` writes: `index.html` and `assets/` with hashed names. In a bundle of the
 * gateway the same expression means the bundle's own `dist`, where the gateway's build copies them.
 */
export const explorerFolder: string = fileURLToPath(new URL('../dist/', import.meta.url));

/** True when the page has been built. The gateway shows how to build it otherwise. */
export const isBuilt = (): boolean => existsSync(new URL('../dist/index.html', import.meta.url));

/**
 * What the page needs of a Content-Security-Policy, by directive:
 * - scripts and workers come only from files of this host; there is no inline script and no eval;
 * - the editor (Monaco) measures and themes its lines with style elements made at run time, hence `'unsafe-inline'`
 *   for styles only;
 * - its fonts and the icon are `data:` addresses inside the style sheet;
 * - HTTP and WebSocket calls go to this host only, so a stolen token has nowhere to be sent.
 */
export const explorerContentSecurityPolicy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
