import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { generateFeed } from '../generate/feed.ts';
import type { Operation } from '../opencti/operation.ts';
import { entityIdOf, extensionOf } from '../stix/object.ts';
import { internalIdOf } from '../stix/uuid.ts';
import { openStixFile } from './file.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const now = () => Date.UTC(2026, 7, 20);

async function readText(name: string, text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  folders.push(folder);
  const path = join(folder, name);
  await writeFile(path, text);
  const file = openStixFile(path, { now });
  const operations: Operation[] = [];
  for await (const operation of file.feed) operations.push(operation);
  return { operations, report: file.report() };
}

const old = {
  type: 'indicator',
  id: 'indicator--00885719-0974-49df-8a16-d1bd360ee050',
  created: '2021-10-28T22:47:15.063Z',
  modified: '2022-07-18T20:10:42.738Z',
  labels: ['malicious-activity'],
  pattern: "[file:hashes.'SHA-256' = 'de3747a8']",
  valid_from: '2021-10-28T22:47:15.063Z',
  x_source_file: 'unit42/x.json',
};

test('a STIX 2.0 indicator gets what OpenCTI would add, and keeps the rest', async () => {
  const { operations, report } = await readText('a.ndjson', JSON.stringify(old));
  expect(report).toEqual({ indicators: 1, references: 0, others: 0, bad: 0, problems: [] });
  const [one] = operations;
  if (one?.kind !== 'create') throw new Error('one create');
  expect(one.object).toMatchObject({
    ...old,
    spec_version: '2.1',
    pattern_type: 'stix',
    revoked: false,
    confidence: 100,
    name: old.pattern,
  });
  expect(extensionOf(one.object)).toMatchObject({
    id: internalIdOf(old.id),
    type: 'Indicator',
    score: 50,
    main_observable_type: 'StixFile',
    updated_at: '2026-08-20T00:00:00.000Z',
  });
});

test('scores, ids and confidence of a file win over the defaults', async () => {
  const extensions = {
    'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba': { id: 'given', score: 0 },
  };
  const { operations } = await readText(
    'a.ndjson',
    [
      { ...old, extensions, confidence: 0 },
      { ...old, id: 'indicator--2', x_opencti_score: 77 },
    ]
      .map((object) => JSON.stringify(object))
      .join('\n'),
  );
  const [one, two] = operations;
  if (one?.kind !== 'create' || two?.kind !== 'create') throw new Error('two creates');
  expect(entityIdOf(one.object)).toBe('given');
  expect(extensionOf(one.object)?.score).toBe(0);
  expect(one.object.confidence).toBe(0);
  expect(extensionOf(two.object)?.score).toBe(77);
});

test('bad lines are counted with their numbers, and the others are read', async () => {
  const lines = [
    '',
    JSON.stringify(old),
    '{"type":"indicator",',
    '[1]',
    '{"type":"indicator","id":"indicator--x"}',
    '{"id":"a"}',
    JSON.stringify({ type: 'malware', id: 'malware--1' }),
  ];
  const { operations, report } = await readText('a.ndjson', lines.join('\n'));
  expect(operations).toHaveLength(1);
  expect(report).toMatchObject({ indicators: 1, others: 1, bad: 4 });
  expect(report.problems.map(({ line }) => line)).toEqual([3, 4, 5, 6]);
});

test('authors and markings come before what refers to them, wherever they stand', async () => {
  const author = { type: 'identity', id: 'identity--1', name: 'ACME' };
  const lines = [{ ...old, created_by_ref: author.id }, author];
  const forms: [string, string][] = [
    ['a.ndjson', lines.map((line) => JSON.stringify(line)).join('\n')],
    ['a.json', JSON.stringify({ type: 'bundle', id: 'bundle--1', objects: lines }, null, 2)],
    ['b.json', JSON.stringify({ type: 'bundle', id: 'bundle--1', objects: lines })],
    ['c.json', JSON.stringify(lines, null, 1)],
  ];
  for (const [name, text] of forms) {
    const { operations, report } = await readText(name, text);
    expect(
      operations.map(({ kind }) => kind),
      name,
    ).toEqual(['reference', 'create']);
    expect(report, name).toMatchObject({ indicators: 1, references: 1, bad: 0 });
  }
});

test('an author named only by the collector becomes an identity', async () => {
  const named = (id: string) => JSON.stringify({ ...old, id, x_created_by_name: ' Unit 42 ' });
  const { operations } = await readText(
    'a.ndjson',
    `${named('indicator--1')}\n${named('indicator--2')}`,
  );
  const [reference, one, two] = operations;
  if (reference?.kind !== 'reference' || one?.kind !== 'create' || two?.kind !== 'create')
    throw new Error('an identity and two creates');
  expect(reference.object).toMatchObject({ type: 'identity', name: 'Unit 42' });
  expect([one.object.created_by_ref, two.object.created_by_ref]).toEqual([
    reference.object.id,
    reference.object.id,
  ]);
});

test('a file that is no JSON at all is an error, not an empty feed', async () => {
  await expect(readText('a.json', '{\n nonsense')).rejects.toThrow();
});

test('what the generator makes can be read again', async () => {
  const made = [...generateFeed({ entities: 50, updateShare: 0, deleteShare: 0, now })].flatMap(
    (one) => ('object' in one && one.object ? [one.object] : []),
  );
  const { operations, report } = await readText(
    'a.ndjson',
    made.map((object) => JSON.stringify(object)).join('\n'),
  );
  expect(report.indicators + report.references).toBe(made.length);
  expect(
    operations.filter((one) => one.kind === 'create').map((one) => entityIdOf(one.object)),
  ).toEqual(made.filter(({ type }) => type === 'indicator').map(entityIdOf));
});

const real = resolve(import.meta.dirname, '../../../../../shared/data/unit42-indicators.ndjson');

test('real indicators are all accounted for', async ({ skip }) => {
  skip(!existsSync(real), `${real} is not there`);
  const file = openStixFile(real);
  let creates = 0;
  for await (const operation of file.feed) if (operation.kind === 'create') creates += 1;
  const report = file.report();
  expect(creates).toBe(report.indicators);
  expect(report).toMatchObject({ indicators: 4920, references: 0, others: 0, bad: 0 });
});
