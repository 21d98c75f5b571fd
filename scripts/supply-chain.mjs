// What a review of the dependencies asks for, in one command after "npm run setup":
//
//   node scripts/supply-chain.mjs
//
// - known vulnerabilities of what the programs need at run time (asks the npm registry),
// - their licences,
// - an SBOM in CycloneDX, into tmp/sbom.cdx.json.
//
// Ends with 1 when one of them fails; the others are still done.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [PNPM] =
  readFileSync(join(root, 'scripts/setup.mjs'), 'utf8').match(/pnpm@\d+\.\d+\.\d+/) ?? [];
const FILTER = ['--filter', '@xsoar-intel/cli...'];

let failed = false;
const say = (line) => process.stdout.write(`${line}\n`);

/** Runs pnpm; null and a message where it fails. */
function pnpm(...args) {
  const ran = spawnSync('npx', ['--yes', PNPM, ...args], { cwd: root, encoding: 'utf8' });
  if (ran.status === 0) return ran.stdout;
  failed = true;
  say(`failed: pnpm ${args.join(' ')}\n${ran.stdout}${ran.stderr}`);
  return null;
}

say('Known vulnerabilities');
const audit = pnpm('audit', '--prod', '--audit-level', 'low');
if (audit !== null) say(`  ${audit.trim()}`);

say('Licences');
const licences = pnpm(...FILTER, 'licenses', 'list', '--prod', '--json');
for (const [licence, packages] of Object.entries(licences === null ? {} : JSON.parse(licences))) {
  const names = packages.map(({ name, versions }) => `${name} ${versions.join(' ')}`);
  say(`  ${licence} (${names.length}): ${names.join(', ')}`);
}

say('SBOM');
const sbom = pnpm(
  '--filter',
  '@xsoar-intel/cli',
  ...['sbom', '--prod', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'],
);
if (sbom !== null) {
  const { components, specVersion } = JSON.parse(sbom);
  mkdirSync(join(root, 'tmp'), { recursive: true });
  writeFileSync(join(root, 'tmp/sbom.cdx.json'), sbom);
  say(`  tmp/sbom.cdx.json: CycloneDX ${specVersion}, ${components.length} components`);
}
process.exitCode = failed ? 1 : 0;
