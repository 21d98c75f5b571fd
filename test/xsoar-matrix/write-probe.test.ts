import {
  type Behaviour,
  type FakeXsoar,
  type FakeXsoarOptions,
  startFakeXsoar,
} from '@xsoar-intel/simulator';
import {
  createXsoarClient,
  formatProbeReport,
  isProbeFine,
  PROBE_QUESTIONS,
  type ProbeQuestion,
  probeWrites,
  type WriteProbeReport,
  type XsoarApi,
} from '@xsoar-intel/xsoar';
import { expect, it, onTestFinished } from 'vitest';

/** Probes a fake tenant; also gives the answers by question. */
async function probe(
  options: FakeXsoarOptions = {},
  prepare: (fake: FakeXsoar) => void = () => {},
  api: XsoarApi | 'auto' = 'auto',
) {
  const xsoar = await startFakeXsoar(options);
  const client = createXsoarClient({
    url: xsoar.url,
    key: xsoar.key,
    keyId: xsoar.keyId,
    api,
    sslVerify: true,
    timeoutMs: 2_000,
    connections: 2,
    userAgent: 'test',
    environment: {},
  });
  onTestFinished(async () => {
    await client.close();
    await xsoar.close();
  });
  prepare(xsoar);
  const report = await probeWrites(client, { maxIndexLagMs: 1_500, token: 'abc' });
  return { report, xsoar, answers: answersOf(report) };
}

const answersOf = (report: WriteProbeReport): Partial<Record<ProbeQuestion, string>> =>
  Object.fromEntries(report.answers.map(({ question, answer }) => [question, answer]));

const behaving = (behaviour: Partial<Behaviour>) => probe({ behaviour });

it('answers every question of a usual tenant, and leaves nothing behind', async () => {
  const { report, answers, xsoar } = await probe();
  expect(report).toMatchObject({ failure: null, unanswered: [], cleanedUp: true, api: '8' });
  expect(report.answers).toHaveLength(Object.keys(PROBE_QUESTIONS).length);
  expect(answers).toMatchObject({
    create: 'created',
    clientId: 'replaced',
    storedValue: 'as-sent',
    duplicate: 'merged',
    edit: 'edited',
    staleVersion: '400 errOptimisticLock',
    missingVersion: 'accepted',
    partialEdit: 'kept',
    unknownField: 'stored',
    unknownId: '400 bad_request',
    emptyFilterDelete: 'nothing',
    delete: 'works',
    absentDelete: '200',
    unknownType: 'accepted',
    recreate: 'created',
    feed: '303',
    whitelist: '303',
  });
  expect(isProbeFine(report)).toBe(true);
  expect([...xsoar.objects()]).toEqual([]);
  expect(xsoar.stats().exclusions).toBe(0);
});

it('has all twelve open questions by number, asked or with the reason why not', async () => {
  const { report } = await probe();
  const numbers = [...report.answers, ...report.unprobed].map(({ number }) => number);
  const open = new Set(numbers.filter((number) => number !== null));
  expect([...open].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const text = formatProbeReport(report);
  for (const { asked, because } of report.unprobed) {
    expect(text).toContain(asked);
    expect(text).toContain(`not probed, because ${because}`);
  }
});

it('finds the calls that only the internal prefix offers, and excludes nothing by them', async () => {
  const { answers, report, xsoar } = await probe({}, () => {}, '8-internal');
  expect(answers).toMatchObject({ feed: 'offered', whitelist: 'offered' });
  expect(report.cleanedUp).toBe(true);
  expect([...xsoar.objects()]).toEqual([]);
  expect(xsoar.stats().exclusions).toBe(0);
});

it.each<[Partial<Behaviour>, Partial<Record<ProbeQuestion, string>>]>([
  [{ ids: 'md5' }, { clientId: 'replaced' }],
  [{ duplicates: 'conflict' }, { duplicate: '409 conflict' }],
  [{ duplicates: 'bad-request' }, { duplicate: '400 bad_request' }],
  [{ duplicates: 'keep' }, { duplicate: 'kept' }],
  [{ duplicates: 'replace' }, { duplicate: 'replaced' }],
  [{ values: 'lower-case' }, { storedValue: 'changed', recreate: 'created' }],
  [{ unknownFields: 'drop' }, { unknownField: 'dropped' }],
  [{ unknownFields: 'bad-request' }, { unknownField: '400 bad_request' }],
  [{ partialEdit: 'wipe' }, { partialEdit: 'emptied' }],
  [{ missingVersion: 'reject' }, { missingVersion: '400 errOptimisticLock' }],
  [{ missingItem: 'not-found' }, { unknownId: '404 not_found' }],
  [{ emptyFilterDelete: 'works' }, { emptyFilterDelete: 'works', delete: 'works' }],
  [{ emptyFilterDelete: 'error' }, { emptyFilterDelete: '500 error', delete: 'works' }],
  [{ unknownType: 'bad-request' }, { create: 'created', unknownType: '400 bad_request' }],
  [{ looseValues: true }, { delete: 'works', recreate: 'created' }],
  [
    { compat: true },
    { clientId: 'kept', duplicate: 'second', staleVersion: 'accepted', unknownId: '404 not_found' },
  ],
])('says how a tenant with %o differs', async (behaviour, expected) => {
  const { report, answers, xsoar } = await behaving(behaviour);
  expect(answers).toMatchObject(expected);
  expect(report).toMatchObject({ failure: null, unanswered: [], cleanedUp: true });
  expect(isProbeFine(report)).toBe(true);
  expect([...xsoar.objects()]).toEqual([]);
});

it('measures how far the index lags', async () => {
  const { answers, report } = await behaving({ indexLagMs: 300 });
  expect(Number(answers.indexLag)).toBeGreaterThanOrEqual(200);
  expect(Number(answers.indexLag)).toBeLessThan(1_500);
  expect(report.cleanedUp).toBe(true);
});

it('stops where the index shows nothing, and says what may be left', async () => {
  const { report } = await behaving({ indexLagMs: 60_000 });
  expect(report.answers.at(-1)).toMatchObject({ question: 'indexLag', verdict: 'problem' });
  expect(report.unanswered).toContain('delete');
  expect(isProbeFine(report)).toBe(false);
});

it('tells an excluded value from a stored one', async () => {
  const { report, answers } = await probe({}, (xsoar) => {
    xsoar.exclude('XSOAR-Intel-Probe-abc.invalid');
  });
  expect(answers).toEqual({ create: 'excluded' });
  expect(isProbeFine(report)).toBe(false);
});

it('says so when edits are not published, and still finds out about the rest', async () => {
  const { report, answers } = await behaving({ publicEdits: false });
  expect(answers).toMatchObject({ edit: '303', delete: 'works' });
  expect(report.answers.find(({ question }) => question === 'edit')).toMatchObject({
    verdict: 'problem',
    effect: expect.stringContaining('XSOAR_API=8-internal'),
  });
  expect(report.unanswered).toEqual(
    expect.arrayContaining(['staleVersion', 'partialEdit', 'unknownField', 'unknownId']),
  );
  expect(report.cleanedUp).toBe(true);
});

it('ends with the reason where the key is refused, and in mid-probe where XSOAR goes away', async () => {
  const refused = await probe({}, (xsoar) => {
    xsoar.faults.add({ fault: { kind: 'status', status: 401 } });
  });
  expect(refused.report).toMatchObject({ answers: [], cleanedUp: false });
  expect(refused.report.failure).toContain('XSOAR_KEY');
  const cut = await probe({}, (xsoar) => {
    xsoar.faults.add({ fault: { kind: 'reset', when: 'after' }, operations: ['edit'], times: 1 });
  });
  expect(cut.report.failure).not.toBeNull();
  expect(cut.report.cleanedUp).toBe(true);
  expect([...cut.xsoar.objects()]).toEqual([]);
});

it('prints every question with what follows from the answer', async () => {
  const { report } = await probe();
  const text = formatProbeReport(report);
  for (const asked of Object.values(PROBE_QUESTIONS)) expect(text).toContain(asked);
  expect(text).toContain('Nothing of it is left.');
  expect(text).not.toContain('xsoar-key');
});
