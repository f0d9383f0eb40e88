// Plain JavaScript without dependencies, so that it runs on whatever Node (18 or newer) the host has.
// Brings pnpm and, where the host's Node is too old, a private Node from npm; installs the workspace;
// then hands over to the command, TypeScript run natively by Node.
//
//   node scripts/bootstrap/boot.mjs <command> [arguments]    scripts/src/<command>.ts
//   node scripts/bootstrap/boot.mjs turbo <arguments>        turbo in this workspace
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const [command = 'start', ...args] = process.argv.slice(2);

const say = (text) => process.stderr.write(`bootstrap: ${text}\n`);
const digest = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
/** True when the step that wrote this stamp ran with this very lockfile. */
const isCurrent = (lockfile, stamp) => existsSync(stamp) && readFileSync(stamp, 'utf8') === digest(lockfile);

function step(what, remedy, program, programArgs, options) {
  const started = performance.now();
  say(`${what} …`);
  const result = spawnSync(program, programArgs, {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    ...options,
  });
  if (result.status === 0) return say(`${what}: done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  say(`${what}: failed (${result.error?.message ?? `exit code ${result.status}`}). ${remedy}`);
  process.exit(result.status || 1);
}

/** The host's Node if it is new enough, else the private one that npm brought, else an explanation. */
function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 22)) return process.execPath;
  const platform = { linux: 'linux', win32: 'win' }[process.platform];
  const file = join(
    here,
    'node_modules',
    `node-${platform}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(file)) return file;
  say(
    `Node ${process.versions.node} is too old and npm has no newer one for ${process.platform}-${process.arch}: install Node 24 (at least 22.22) and try again.`,
  );
  return process.exit(1);
}

const toolsLock = join(here, 'package-lock.json');
const toolsStamp = join(here, 'node_modules', '.stamp');
if (!isCurrent(toolsLock, toolsStamp)) {
  step(
    'installing pnpm and a private Node',
    'Is the npm registry reachable (npm ping)?',
    'npm',
    ['ci', '--loglevel=error'],
    { cwd: here },
  );
  writeFileSync(toolsStamp, digest(toolsLock));
}

const node = findNode();
const env = {
  ...process.env,
  PATH: [dirname(node), join(root, 'node_modules', '.bin'), join(here, 'node_modules', '.bin'), process.env.PATH].join(
    delimiter,
  ),
  // Nothing here reports to anybody.
  APOLLO_TELEMETRY_DISABLED: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  // Node keeps compiled code between runs: the difference between a slow and a quick start.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, '.cache', 'node-compile-cache'),
};
// npm's own variables would reach pnpm as settings; only what names registries, proxies and caches is meant for it.
for (const name of Object.keys(env)) {
  if (
    /^npm_(config|package|lifecycle|command|execpath|node_execpath)/.test(name) &&
    !/registry|cache|cafile|proxy|store/.test(name)
  )
    delete env[name];
}

const workspaceLock = join(root, 'pnpm-lock.yaml');
const workspaceStamp = join(root, 'node_modules', '.stamp');
if (!isCurrent(workspaceLock, workspaceStamp)) {
  const pnpm = join(here, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');
  step(
    'installing the workspace',
    'Is the npm registry reachable (npm ping)? Does pnpm-lock.yaml match the package.json files?',
    node,
    [pnpm, 'install', '--frozen-lockfile', '--reporter=append-only'],
    {
      cwd: root,
      env,
      shell: false,
    },
  );
  writeFileSync(workspaceStamp, digest(workspaceLock));
}

// Node says so at every start when it is told of a file that isn't there.
const envFile = existsSync(join(root, '.env')) ? [`--env-file=${join(root, '.env')}`] : [];
const target =
  command === 'turbo'
    ? {
        program: join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'turbo.cmd' : 'turbo'),
        args,
        stdio: 'inherit',
        shell: process.platform === 'win32',
      }
    : {
        program: node,
        args: [
          '--disable-warning=ExperimentalWarning',
          ...envFile,
          join(root, 'scripts', 'src', `${command}.ts`),
          ...args,
        ],
        // The channel tells the command that we are gone, even by kill -9, so that it never outlives us.
        stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      };
const child = spawn(target.program, target.args, { cwd: root, env, stdio: target.stdio, shell: target.shell ?? false });

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// npm itself may be killed without a word to us: that one of our ancestors (npm runs us through a shell) got another
// parent is how we notice.
const parentOf = (pid) => {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
  } catch {
    return undefined;
  }
};
const ancestors = () => [process.ppid, process.env.npm_lifecycle_event && parentOf(process.ppid)].join();
const born = ancestors();
setInterval(() => ancestors() !== born && child.kill('SIGTERM'), 1000).unref();
child.on('error', (error) => {
  say(`cannot run ${command}: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
