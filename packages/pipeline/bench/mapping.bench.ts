/**
 * How many indicators are mapped per second on one core: pattern parsed, values read, fields built.
 *
 *   node_modules/.bin/node packages/pipeline/bench/mapping.bench.ts
 *
 * Objects are as OpenCTI sends them, already parsed from JSON: what JSON.parse costs is told apart.
 * Two figures: by the clock, and by the CPU time of the whole process (garbage collection in other
 * threads included), which is what one core does when nothing else wants it.
 */
import type { StixObject } from '@xsoar-intel/opencti';
import { type MappingOptions, mapIndicator, mergeDesired } from '../src/mapping/index.ts';

const rounds = 5;
const roundMs = 1_500;

const openctiExtension = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';
const hex = (length: number, seed: number) =>
  Array.from({ length }, (_, at) => ((at * 7 + seed * 13) % 16).toString(16)).join('');
const sha256 = (seed: number) => `file:hashes.'SHA-256' = '${hex(64, seed)}'`;

function typical(seed: number): { pattern: string; type: string; values: object[] } {
  const host = `host-${seed}.evil.example`;
  const ip = `198.51.${seed % 256}.${(seed * 7) % 256}`;
  switch (seed % 10) {
    case 0:
    case 1:
    case 2:
      return single('ipv4-addr', 'IPv4-Addr', ip);
    case 3:
    case 4:
      return single('domain-name', 'Domain-Name', host);
    case 5:
    case 6:
      return single('url', 'Url', `https://${host}/path/${seed}?query=value`);
    case 7:
    case 8:
      return {
        pattern: `[${sha256(seed)}]`,
        type: 'StixFile',
        values: [{ type: 'StixFile', hashes: { 'SHA-256': hex(64, seed) } }],
      };
    default:
      return {
        pattern: `[${sha256(seed)} OR file:hashes.'SHA-1' = '${hex(40, seed)}' OR file:hashes.MD5 = '${hex(32, seed)}']`,
        type: 'StixFile',
        values: [
          { type: 'StixFile', hashes: { 'SHA-256': hex(64, seed) } },
          { type: 'StixFile', hashes: { 'SHA-1': hex(40, seed) } },
          { type: 'StixFile', hashes: { MD5: hex(32, seed) } },
        ],
      };
  }
}

function single(objectType: string, type: string, value: string) {
  return { pattern: `[${objectType}:value = '${value}']`, type, values: [{ type, value }] };
}

function event(seed: number): string {
  const { pattern, type, values } = typical(seed);
  return JSON.stringify({
    id: `indicator--5c8199b1-1d87-5581-8529-${String(seed).padStart(12, '0')}`,
    spec_version: '2.1',
    type: 'indicator',
    extensions: {
      [openctiExtension]: {
        extension_type: 'property-extension',
        id: `9a1d5f0e-3c44-4b9a-8d63-${String(seed).padStart(12, '0')}`,
        type: 'Indicator',
        created_at: '2026-08-20T09:00:11.004Z',
        updated_at: '2026-08-20T09:00:11.004Z',
        is_inferred: false,
        detection: true,
        score: seed % 101,
        main_observable_type: type,
        observable_values: values,
      },
    },
    created: '2026-08-20T09:00:11.004Z',
    modified: '2026-08-20T09:00:11.004Z',
    revoked: false,
    confidence: 85,
    lang: 'en',
    labels: ['c2', 'emotet'],
    object_marking_refs: ['marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da'],
    created_by_ref: 'identity--10994d1d-1852-5421-ba2a-133eaedccaf6',
    external_references: [
      {
        source_name: 'Northwind advisory',
        description: 'NW-2026-114',
        url: 'https://advisories.example.test/NW-2026-114',
      },
    ],
    name: 'bench',
    description: 'Emotet epoch 5 controller',
    indicator_types: ['malicious-activity'],
    pattern,
    pattern_type: 'stix',
    valid_from: '2026-08-20T08:55:00.000Z',
    valid_until: '2026-11-03T05:41:12.000Z',
    kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: 'command-and-control' }],
  });
}

const texts = Array.from({ length: 10_000 }, (_, seed) => event(seed));
const objects = texts.map((text) => JSON.parse(text) as StixObject);
const options: MappingOptions = {
  source: 'OpenCTI bench',
  authorName: () => 'Northwind CERT',
  defaultConfidence: 80,
  openctiUrl: 'https://opencti.example.test',
};

interface Rates {
  clock: number;
  cpu: number;
}

/** Operations per second of one round: the whole list again and again until the time is up. */
function rate(work: (at: number) => number): Rates {
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  let done = 0;
  let seen = 0;
  while (performance.now() - start < roundMs) {
    for (let at = 0; at < objects.length; at += 1) seen += work(at);
    done += objects.length;
  }
  if (seen < done) throw new Error('something was not mapped');
  const { user, system } = process.cpuUsage(cpuStart);
  return {
    clock: (done / (performance.now() - start)) * 1_000,
    cpu: (done / (user + system)) * 1_000_000,
  };
}

function measure(name: string, work: (at: number) => number): void {
  rate(work);
  const rates = Array.from({ length: rounds }, () => rate(work));
  const shown = (['clock', 'cpu'] as const).map((kind) => {
    const sorted = rates.map((one) => one[kind]).sort((one, other) => one - other);
    const figure = (at: number) => Math.round(sorted[at] ?? 0).toLocaleString('en');
    return `${figure((rounds - 1) / 2)}/s by ${kind} (${figure(0)} to ${figure(rounds - 1)})`;
  });
  process.stdout.write(`${name}: median ${shown.join(', ')}\n`);
}

const at = <T>(list: readonly T[], index: number): T => list[index] as T;

function mapped(object: StixObject): number {
  const result = mapIndicator(object, options);
  return result.ok ? result.indicators.length : 0;
}

measure('parse and map', (index) => mapped(at(objects, index)));
measure('JSON.parse, parse and map', (index) => mapped(JSON.parse(at(texts, index))));
measure('JSON.parse, parse and map, merge, JSON.stringify', (index) => {
  const result = mapIndicator(JSON.parse(at(texts, index)), options);
  return result.ok
    ? Math.min(1, JSON.stringify(mergeDesired(result.indicators.slice(0, 1))).length)
    : 0;
});
