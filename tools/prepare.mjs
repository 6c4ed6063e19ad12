import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { capture, captureTool, Trouble } from './process.mjs';
import { inRoot } from './root.mjs';

const INSTALLED = inRoot('node_modules/.contender-stamp');
const BUILT = inRoot('dist/.contender-stamp');
const LOCK = inRoot('.cache/prepare.lock');

/** Installs and builds when something changed since the last time; two commands at once take turns. */
export async function prepare({ build = true } = {}) {
  const ready = () => isInstalled() && (!build || isBuilt());
  if (ready()) return;
  try {
    await withLock(LOCK, 'Waiting for another command that installs or builds…', async () => {
      if (!isInstalled()) await install();
      if (build && !isBuilt()) await compile();
    });
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM', 'ENOSPC'].includes(error.code)) throw error;
    throw new Trouble(
      `Cannot install or build here: ${error.message}. Clone to a folder that you may write to.`,
    );
  }
}

function isInstalled() {
  return read(INSTALLED) === installFingerprint();
}

function isBuilt() {
  return read(BUILT) === sourceFingerprint();
}

async function install() {
  const first = !existsSync(inRoot('node_modules'));
  console.error(
    first ? 'Installing dependencies (first run only, about a minute)…' : 'Bringing dependencies up to date…',
  );
  rmSync(INSTALLED, { force: true });
  // `--no-save`: a registry that serves fewer platforms must not rewrite the lock file of a clone.
  const args = ['install', '--no-audit', '--no-fund', '--no-save', '--include=dev', '--include=optional'];
  const { code, signal, output } = await npm(args);
  if (signal) throw new Trouble('Interrupted while installing dependencies.', 130);
  if (code !== 0) {
    const log = inRoot('.cache/npm-install.log');
    writeFileSync(log, output);
    throw new Trouble(`Installing dependencies failed: ${reasonOf(output)} (npm's own words: ${log})`);
  }
  writeFileSync(INSTALLED, installFingerprint());
}

/** The npm that runs us, so that its version and settings hold; else the one on the path. */
function npm(args) {
  const running = process.env.npm_execpath ?? '';
  return /npm-cli\.c?js$/.test(running) && existsSync(running)
    ? capture(process.execPath, [running, ...args])
    : capture('npm', args);
}

function reasonOf(output) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH/.test(output)) {
    return 'the package registry cannot be reached; check the network and try again';
  }
  if (/ENOSPC/.test(output)) return 'no space left on the device';
  if (/EACCES|EROFS|EPERM/.test(output)) return 'this folder cannot be written to';
  const line = output.split('\n').find((text) => /^npm (error|ERR!)/.test(text) && !/ code /.test(text));
  return line?.replace(/^npm (error|ERR!)\s*/, '') ?? 'npm gave no reason';
}

/** Into a fresh folder that takes the old one's place at the end: a build that fails leaves nothing half. */
async function compile() {
  console.error('Building…');
  const fingerprint = sourceFingerprint();
  const fresh = inRoot('.cache/dist.fresh');
  const old = inRoot('.cache/dist.old');
  const config = inRoot('.cache/tsconfig.fresh.json');
  mkdirSync(inRoot('.cache'), { recursive: true });
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
  writeFileSync(
    config,
    JSON.stringify({
      extends: '../tsconfig.build.json',
      compilerOptions: { outDir: './dist.fresh', incremental: false, tsBuildInfoFile: null },
    }),
  );
  const { code, signal, output } = await captureTool('@nestjs/cli/bin/nest.js', [
    'build',
    '-p',
    '.cache/tsconfig.fresh.json',
  ]);
  if (signal) throw new Trouble('Interrupted while building.', 130);
  if (code !== 0 || !existsSync(fresh)) {
    process.stderr.write(output);
    throw new Trouble('The build failed; the compiler says why above.');
  }
  writeFileSync(path.join(fresh, '.contender-stamp'), fingerprint);
  if (existsSync(inRoot('dist'))) renameSync(inRoot('dist'), old);
  renameSync(fresh, inRoot('dist'));
  rmSync(old, { recursive: true, force: true });
}

function installFingerprint() {
  const { dependencies, devDependencies, optionalDependencies, overrides } = JSON.parse(
    readFileSync(inRoot('package.json'), 'utf8'),
  );
  const wanted = [dependencies, devDependencies, optionalDependencies, overrides];
  return createHash('sha256')
    .update(JSON.stringify([wanted, process.platform, process.arch]))
    .digest('hex');
}

/** Contents, not times: a checkout that goes there and back costs no build. */
function sourceFingerprint() {
  const hash = createHash('sha256');
  const single = ['package.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
  for (const file of [...single, ...['apps', 'libs', 'migrations'].flatMap(sourcesIn)]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(inRoot(file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function sourcesIn(folder) {
  return readdirSync(inRoot(folder), { recursive: true })
    .filter((file) => /\.(ts|json)$/.test(file) && !/[.-]spec\.ts$/.test(file))
    .map((file) => `${folder}/${file}`)
    .sort();
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
