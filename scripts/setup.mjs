// Everything a fresh machine needs before any other script runs: Node 24 (as a
// workspace dependency), pnpm, the locked dependencies, a redis-server.
// Runs on the machine's own Node (20 or newer) and on nothing else.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package manager of this workspace, at the version that wrote the lockfile. */
const PNPM = 'pnpm@12.21.0';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const quiet = process.argv.includes('--quiet');
/** The tests start Redis servers of their own, whatever REDIS_URL says, and drive a browser. */
const forTests = process.argv.includes('--for-tests');
const stampFile = join(root, 'node_modules', '.xsoar-intel-setup');

const say = (line) => process.stderr.write(`setup: ${line}\n`);

/** Runs a command; on failure prints what it said and ends this process. */
function run(command, args, { hint, env } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: quiet ? 'pipe' : ['ignore', 'inherit', 'inherit'],
  });
  if (result.status === 0) return;
  if (quiet) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  say(`"${command} ${args.join(' ')}" failed${result.error ? `: ${result.error.message}` : ''}.`);
  if (hint) say(hint);
  process.exit(1);
}

const onPath = (program) =>
  (process.env.PATH ?? '')
    .split(':')
    .some((folder) => folder !== '' && existsSync(join(folder, program)));

/** What the installed tree was made from: a change in any of it means: install again. */
function fingerprint() {
  const hash = createHash('sha256');
  const manifests = readdirSync(join(root, 'packages')).map(
    (name) => `packages/${name}/package.json`,
  );
  for (const file of [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    ...manifests.sort(),
  ]) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(file).update(readFileSync(path));
  }
  return hash.digest('hex');
}

function installDependencies() {
  const wanted = fingerprint();
  const installed = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
  if (installed === wanted && existsSync(join(root, 'node_modules', '.bin', 'node'))) return;
  say('installing Node 24, pnpm and the locked dependencies (once) …');
  // CI=true: pnpm asks no question when it has to replace an older tree.
  run('npx', ['--yes', PNPM, 'install', '--frozen-lockfile'], {
    env: { CI: 'true' },
    hint: 'A network or registry problem? Run "npm run setup" to see the whole output.',
  });
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, wanted);
}

function aptInstall(name) {
  // RUNLEVEL=1 keeps a package from starting a server of its own.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  run('apt-get', ['update', '-qq'], { env });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { env });
}

function installRedis() {
  if ((process.env.REDIS_URL && !forTests) || onPath('redis-server') || onPath('valkey-server'))
    return;
  const mayInstall = process.getuid?.() === 0 && onPath('apt-get');
  if (!mayInstall) {
    say('no redis-server on the PATH and REDIS_URL is not set.');
    say(
      'Install Redis 6.2 or newer (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis),',
    );
    say('or set REDIS_URL to a Redis that may be written to.');
    process.exit(1);
  }
  say('installing redis-server (once) …');
  aptInstall('redis-server');
}

/** A browser for the tests of the board; without one they skip, saying so. */
function installBrowser() {
  if (onPath('chromium') || process.env.CHROMIUM_PATH) return;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    say(
      'no chromium on the PATH: the browser tests will skip (CHROMIUM_PATH names one elsewhere).',
    );
    return;
  }
  say('installing chromium for the browser tests (once) …');
  aptInstall('chromium');
}

installDependencies();
installRedis();
if (forTests) installBrowser();
if (!quiet) say('ready.');
