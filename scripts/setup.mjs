// Everything a fresh machine needs before any other script runs: Node 24 (as a
// workspace dependency), pnpm, the locked dependencies, a redis-server.
// Runs on the machine's own Node (20 or newer) and on nothing else.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
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
function run(command, args, { hint, env, cwd = root } = {}) {
  const result = spawnSync(command, args, {
    cwd,
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

const mayInstall = () => process.getuid?.() === 0 && onPath('apt-get');

let listsAreNew = false;
function aptUpdate() {
  if (!listsAreNew) run('apt-get', ['update', '-qq']);
  listsAreNew = true;
}

function aptInstall(name) {
  aptUpdate();
  // RUNLEVEL=1 keeps a package from starting a server of its own.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { env });
}

function installRedis() {
  if ((process.env.REDIS_URL && !forTests) || onPath('redis-server') || onPath('valkey-server'))
    return;
  if (!mayInstall()) {
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

/** A browser for the tests of the board; without one they skip, saying so; with CI=true they fail. */
function installBrowser() {
  if (onPath('chromium') || process.env.CHROMIUM_PATH) return;
  if (!mayInstall()) {
    say(
      'no chromium on the PATH: the browser tests will skip (CHROMIUM_PATH names one elsewhere).',
    );
    return;
  }
  say('installing chromium for the browser tests (once) …');
  aptInstall('chromium');
}

/** promtool for the tests of alerts and dashboard, which do without one as those of the board do. */
function installPromtool() {
  if (onPath('promtool')) return;
  if (!mayInstall()) {
    say('no promtool on the PATH: the tests of alerts and dashboard will skip in part.');
    return;
  }
  say('installing promtool for the tests of alerts and dashboard (once) …');
  aptUpdate();
  // One program of a package that brings a user, a service and a dozen libraries of its pages.
  const folder = mkdtempSync(join(tmpdir(), 'xsoar-intel-promtool-'));
  try {
    run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', 'prometheus'], {
      cwd: folder,
    });
    const [archive] = readdirSync(folder);
    run('dpkg-deb', ['--extract', archive, 'all'], { cwd: folder });
    run('install', ['-D', 'all/usr/bin/promtool', '/usr/local/bin/promtool'], { cwd: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

installDependencies();
installRedis();
if (forTests) {
  installBrowser();
  installPromtool();
}
if (!quiet) say('ready.');
