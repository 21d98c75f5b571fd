import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mapIndicator, type Skip } from '@xsoar-intel/pipeline';
import { observedValues, parsePattern } from '@xsoar-intel/stix-pattern';
import { describe, expect, it } from 'vitest';

const file = fileURLToPath(
  new URL('../../../shared/data/unit42-indicators.ndjson', import.meta.url),
);
const hasCorpus = existsSync(file);

interface Line {
  id: string;
  type: string;
  pattern: string;
  [key: string]: unknown;
}

const openctiExtension = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';

/** The lines as OpenCTI would send them: its extension is what they lack. */
function corpus(): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const object: Line = JSON.parse(line);
      const extension = { id: object.id.slice('indicator--'.length), type: 'Indicator', score: 50 };
      return { ...object, extensions: { [openctiExtension]: extension } };
    });
}

// Written down here a second time on purpose: what the mapping calls unsupported is not asked.
const supported = [
  /^(ipv4-addr|ipv6-addr|domain-name|url|email-addr|hostname):value$/,
  /^file:hashes\.(MD5|SHA-1|SHA-256|SHA-512)$/,
  /^(mutex|software|vulnerability):name$/,
  /^windows-registry-key:key$/,
  /^user-account:(account_login|user_id)$/,
  /^x509-certificate:(serial_number|hashes\..*)$/,
  /^autonomous-system:number$/,
];

function hasSupportedValue(pattern: string): boolean {
  return observedValues(parsePattern(pattern)).some(({ values }) =>
    values.some(({ objectType, path }) =>
      supported.some((form) => form.test(`${objectType}:${path}`)),
    ),
  );
}

function parses(pattern: string): boolean {
  try {
    parsePattern(pattern);
    return true;
  } catch {
    return false;
  }
}

function count(skips: readonly Skip[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { reason, observableType } of skips) {
    const key = observableType === undefined ? reason : `${reason} ${observableType}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort((one, other) => other[1] - one[1]));
}

describe.skipIf(!hasCorpus)('the Unit 42 indicators (../shared/data)', () => {
  it('are mapped where their observable has an XSOAR type', () => {
    const lines = corpus();
    const types = new Map<string, number>();
    const skips: Skip[] = [];
    const refusals: Skip[] = [];
    let withType = 0;
    let mapped = 0;
    let indicators = 0;
    for (const line of lines) {
      const result = mapIndicator(line, { source: 'OpenCTI corpus' });
      skips.push(...result.leftOut);
      if (!result.ok) refusals.push(...result.leftOut);
      for (const { indicator_type: type } of result.ok ? result.indicators : []) {
        types.set(type, (types.get(type) ?? 0) + 1);
        indicators += 1;
      }
      if (!parses(line.pattern) || !hasSupportedValue(line.pattern)) continue;
      withType += 1;
      if (result.ok) mapped += 1;
    }
    process.stdout.write(
      `${JSON.stringify(
        {
          objects: lines.length,
          withType,
          mapped,
          indicators,
          types: Object.fromEntries(types),
          leftOut: count(skips),
          refused: count(refusals),
        },
        null,
        2,
      )}\n`,
    );
    expect(lines.length).toBeGreaterThan(4_000);
    expect(mapped / withType).toBeGreaterThanOrEqual(0.95);
  });

  it('are refused with a place where their pattern is malformed', () => {
    for (const line of corpus().filter(({ pattern }) => !parses(pattern))) {
      const result = mapIndicator(line, { source: 'OpenCTI corpus' });
      expect(result).toMatchObject({ ok: false, reason: 'pattern-syntax' });
      expect(result.leftOut[0]?.detail).toMatch(/^expected .+ at \d+:\d+$/);
    }
  });
});

if (!hasCorpus) it.skip('the Unit 42 indicators (../shared/data) are not here', () => {});
