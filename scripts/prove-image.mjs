// Runs the steps of deploy/docker/Dockerfile without Docker: the same files, the same install
// command, a tree that belongs to root and that nobody may write, the same flags and variables, the
// same numeric user. Then that user runs the whole pipeline on it (`demo`), and the health check.
// Must run as root, because it gives up its rights. Needs the npm registry.
//
//   node scripts/prove-image.mjs
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = join(root, 'node_modules/.bin/node');

const say = (line) => process.stdout.write(`prove-image: ${line}\n`);
const fail = (line) => {
  process.stderr.write(`prove-image: ${line}\n`);
  process.exit(1);
};

/** The instructions of a stage, in order. */
function parseStages(text) {
  const lines = text
    .replaceAll(/^\s*#.*$/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n');
  const stages = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') stages.push([]);
    else if (name !== '') stages.at(-1)?.push({ name, rest: rest.trim() });
  }
  return stages;
}

/** Runs a program to its end; ends this process where it fails. */
function run(command, args, options = {}) {
  const ran = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (ran.status === 0) return ran.stdout;
  return fail(`${command} ${args.join(' ')}\n${ran.stdout ?? ''}${ran.stderr ?? ran.error}`);
}

if (process.getuid?.() !== 0) fail('only root can run a step as another user');
const [build = [], runtime = []] = parseStages(
  readFileSync(join(root, 'deploy/docker/Dockerfile'), 'utf8'),
);
const only = (name) => runtime.find((one) => one.name === name)?.rest ?? fail(`no ${name}`);
const [user] = only('USER').split(':').map(Number);
const settings = Object.fromEntries(
  [...only('ENV').matchAll(/([A-Z_]+)=("[^"]*"|\S+)/g)].map(([, name, value]) => [
    name,
    value.replaceAll('"', ''),
  ]),
);

const work = mkdtempSync(join(tmpdir(), 'xsoar-intel-image-'));
const app = join(work, 'app');
const home = join(work, 'tmp');
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
mkdirSync(app);
mkdirSync(home);

// What is committed, as far as the build copies it.
for (const { name, rest } of build) {
  if (name === 'COPY') {
    const sources = rest
      .split(/\s+/)
      .slice(0, -1)
      .map((source) => source.replace(/\/$/, ''));
    say(`COPY ${sources.join(' ')}`);
    const tar = spawnSync('git', ['-C', root, 'archive', 'HEAD', ...sources], {
      maxBuffer: 1 << 30,
    });
    run('tar', ['-x', '-C', app], { input: tar.stdout });
  } else if (name === 'RUN') {
    say(`RUN ${rest}`);
    run('sh', ['-ec', rest], {
      cwd: app,
      env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` },
    });
  }
}
// It belongs to root, everybody may read it and nobody may write it.
run('chown', ['-R', '0:0', app]);
run('chmod', ['-R', 'a-w,a+rX', app]);
run('chmod', ['755', work]);
run('chown', [String(user), home]);
const before = run('find', [app, '-newermt', '2000-01-01', '-printf', '%p %T@ %s\n']);
const size = run('du', ['-sm', app]).split('\t')[0];
say(`the tree has ${size} MB and ${before.split('\n').length - 1} entries`);

/** How the image would start a command. */
const [, ...entrypoint] = JSON.parse(only('ENTRYPOINT')).map((word) =>
  word.replace('/app/', `${app}/`),
);
const as = {
  uid: user,
  gid: user,
  cwd: app,
  env: { ...settings, PATH: '/usr/bin:/bin', TMPDIR: home },
};
// The workspace's Node is where only root may look: it is handed over by a copy.
const nodeCopy = join(work, 'node');
writeFileSync(nodeCopy, readFileSync(run(node, ['-p', 'process.execPath']).trim()), {
  mode: 0o755,
});
const start = (args, env = {}) =>
  run(nodeCopy, [...entrypoint, ...args], { ...as, env: { ...as.env, ...env } });

for (const { name, rest } of runtime) {
  if (name !== 'RUN') continue;
  const [, ...words] = JSON.parse(rest).map((word) => word.replace('/app/', `${app}/`));
  say(`as ${user}: ${rest}\n${run(nodeCopy, words, as).trim()}`);
}
say(`as ${user}: demo`);
const demo = start(['demo', '--events', '300', '--workers', '1']);
say(demo.trim().split('\n').at(-1));
if (!/ 0 missing, 0 stale, 0 too many/.test(demo)) fail(demo);

// What is loaded only where traces are recorded has to be there too.
run(nodeCopy, ['-e', `import('${app}/packages/runtime/src/tracing/open-telemetry.ts')`], as);
say(`as ${user}: OpenTelemetry is there`);

// The health check, against somebody who answers as our processes do.
const check = JSON.parse(only('HEALTHCHECK').replace(/^.*?CMD\s+/, ''));
const server = createServer((_request, response) => response.end('{"alive":true}\n'));
server.listen(0, '127.0.0.1', () => {
  const env = { ...as.env, CONNECTOR_ID: 'proof', METRICS_PORT: String(server.address().port) };
  const words = check.slice(1).map((word) => word.replace('/app/', `${app}/`));
  const child = spawn(nodeCopy, words, { ...as, env });
  child.on('exit', (code) => {
    server.close();
    if (code !== 0) fail(`the health check ended with ${code}`);
    say(`as ${user}: health is 0`);
    const after = run('find', [app, '-newermt', '2000-01-01', '-printf', '%p %T@ %s\n']);
    if (after !== before) fail('something was written into the tree');
    say('nothing was written into the tree; the image works');
  });
});
