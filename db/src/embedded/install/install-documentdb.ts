import { chmod, copyFile, cp, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { runTool } from '../find-program.ts';
import type { Reporter } from '../progress.ts';
import type { EmbeddedConfig } from '../types.ts';
import { unpackDebianPackages } from './debian-packages.ts';
import { installOnce, installRecord } from './install-once.ts';
import { DYNAMIC_LOADER, libraryFolder } from './multiarch.ts';

/** A PostgreSQL 18 with DocumentDB that needs nothing of the machine but its kernel. */
export interface DocumentDbPrograms {
  readonly postgres: string;
  readonly initdb: string;
  /** PostGIS looks up its projections here. */
  readonly env: Readonly<Record<string, string>>;
  /** The DocumentDB package's version. */
  readonly version: string;
}

const SERVER = 'usr/lib/postgresql/18';
const SHARE = 'usr/share/postgresql/18';
const PROGRAMS = ['postgres', 'initdb', 'pg_ctl', 'psql', 'pg_dump', 'pg_restore'];
/** They draw in hundreds of megabytes of libraries and nothing here uses them. */
const UNUSED_MODULES = /^(postgis_raster|postgis_sfcgal|postgis_topology|llvmjit|sepgsql)/;
/** Debian's suite that carries DocumentDB. */
const SUITE = 'forky';

/** Fetches and prepares DocumentDB once, into the cache; afterwards only returns where it is. */
export async function installDocumentDb(config: EmbeddedConfig, reporter: Reporter): Promise<DocumentDbPrograms> {
  const folder = await installOnce(config.cacheDir, 'documentdb-1', (target, finalFolder) =>
    reporter.step(
      'Fetching DocumentDB (MongoDB-compatible, on PostgreSQL 18) from Debian, 140 MB; about 15 s, once per machine',
      () => buildTree(config, target, finalFolder),
    ),
  );
  return {
    postgres: path.join(folder, SERVER, 'bin/postgres'),
    initdb: path.join(folder, SERVER, 'bin/initdb'),
    env: { PROJ_DATA: path.join(folder, 'usr/share/proj') },
    version: installRecord(folder)?.versions['postgresql-18-documentdb'] ?? 'unknown',
  };
}

async function buildTree(config: EmbeddedConfig, target: string, final: string): Promise<Record<string, string>> {
  const root = `${target}.root`;
  try {
    const versions = await unpackDebianPackages({
      source: { kind: 'suite', suite: SUITE, mirror: config.debianMirror },
      packages: ['postgresql-18-documentdb', 'patchelf'],
      root,
      workDir: `${target}.apt`,
      path: config.path,
    });
    await copyServer(root, target);
    await copyLibraries(root, target);
    await relocate(root, target, final);
    return versions;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function copyServer(root: string, target: string): Promise<void> {
  const bin = path.join(target, SERVER, 'bin');
  const lib = path.join(target, SERVER, 'lib');
  await mkdir(bin, { recursive: true });
  await mkdir(lib, { recursive: true });
  for (const program of PROGRAMS) await copyFile(path.join(root, SERVER, 'bin', program), path.join(bin, program));
  for (const module of await modules(path.join(root, SERVER, 'lib'))) {
    await copyFile(path.join(root, SERVER, 'lib', module), path.join(lib, module));
  }
  const skip = ['contrib', 'man'].map((name) => path.join(root, SHARE, name));
  await cp(path.join(root, SHARE), path.join(target, SHARE), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !skip.includes(source) && !/extension\/postgis_(raster|sfcgal|topology|tiger)/.test(source),
  });
  await copyPostgisControl(root, target);
  await mkdir(path.join(target, 'usr/share/proj'), { recursive: true });
  await copyFile(path.join(root, 'usr/share/proj/proj.db'), path.join(target, 'usr/share/proj/proj.db'));
}

/** postgis.control is a link managed by update-alternatives, whose scripts never ran here: copy what it would name. */
async function copyPostgisControl(root: string, target: string): Promise<void> {
  const folder = path.join(root, SHARE, 'extension');
  const control = (await readdir(folder)).find((name) => /^postgis-\d+\.control$/.test(name));
  if (!control) throw new Error('the postgis package has no control file where it is expected');
  const destination = path.join(target, SHARE, 'extension/postgis.control');
  await rm(destination, { force: true });
  await copyFile(path.join(folder, control), destination);
}

async function copyLibraries(root: string, target: string): Promise<void> {
  const libraries = libraryFolder(root);
  const searched = ['', '/blas', '/lapack'].map((below) => `${libraries}${below}`).join(':');
  const loader = path.join(libraries, DYNAMIC_LOADER);
  const server = path.join(target, SERVER);
  const files = [
    ...PROGRAMS.map((name) => path.join(server, 'bin', name)),
    ...(await modules(path.join(server, 'lib'))).map((name) => path.join(server, 'lib', name)),
  ];
  const listed = await runTool(loader, ['--library-path', searched, '--list', files[0] ?? '']);
  const needed = new Set(resolvedLibraries(listed));
  for (const file of files.slice(1)) {
    const output = await runTool(loader, ['--library-path', searched, '--list', file]).catch(() => '');
    for (const library of resolvedLibraries(output)) needed.add(library);
  }
  const destination = libraryFolder(target);
  await mkdir(destination, { recursive: true });
  for (const library of needed) await copyFile(await realpath(library), path.join(destination, path.basename(library)));
  await copyFile(await realpath(loader), path.join(destination, DYNAMIC_LOADER));
  await chmod(path.join(destination, DYNAMIC_LOADER), 0o755);
}

/**
 * Makes the programs use the libraries beside them: DT_RPATH of a program also serves what its modules load in turn,
 * as long as the modules have no RUNPATH of their own. The interpreter's path must be absolute, so the tree cannot be
 * moved afterwards.
 */
async function relocate(root: string, target: string, final: string): Promise<void> {
  const libraries = libraryFolder(root);
  const patchelf = (args: readonly string[]): Promise<string> =>
    runTool(path.join(libraries, DYNAMIC_LOADER), [
      '--library-path',
      libraries,
      path.join(root, 'usr/bin/patchelf'),
      ...args,
    ]);
  const interpreter = path.join(libraryFolder(final), DYNAMIC_LOADER);
  // Modules load one another too.
  const bin = path.join(target, SERVER, 'bin');
  const rpath = `$ORIGIN/../lib:$ORIGIN/${path.relative(bin, libraryFolder(target))}`;
  for (const program of PROGRAMS) {
    const file = path.join(bin, program);
    await patchelf(['--set-interpreter', interpreter, '--force-rpath', '--set-rpath', rpath, file]);
  }
  const lib = path.join(target, SERVER, 'lib');
  await patchelf(['--remove-rpath', ...(await modules(lib)).map((name) => path.join(lib, name))]);
}

async function modules(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.so') && !UNUSED_MODULES.test(name));
}

function resolvedLibraries(listing: string): string[] {
  return [...listing.matchAll(/=> (\/\S.*) \(0x/g)].map((match) => match[1] ?? '');
}
