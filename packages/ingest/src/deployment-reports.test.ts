import { type DeploymentReport, OpenctiError, type RefusedReport } from '@xsoar-intel/opencti';
import type { WaitingNote } from '@xsoar-intel/pipeline';
import { createLogger } from '@xsoar-intel/runtime';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type ReportingState, reportDeployments } from './deployment-reports.ts';

const soon = { timeout: 5_000, interval: 5 };
const times = { everyMs: 5, failed: { minMs: 5, maxMs: 20 }, notOfferedMs: 50 };
const id = (n: number) => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
const failure = (kind: OpenctiError['kind']) =>
  new OpenctiError('reportDeployments', { kind, code: kind.toUpperCase(), words: kind });

function world(entities: string[]) {
  let row: WaitingNote[] = entities.map((entityId) => ({
    ...{ entityId, status: 'deployed', at: 1_790_000_000_000, raw: `1-0 ${entityId}` },
  }));
  const lines: { level: string; msg: string }[] = [];
  const states: ReportingState[] = [];
  const counted: string[] = [];
  const sent: DeploymentReport[][] = [];
  const api = {
    offered: vi.fn(async () => true),
    securityPlatform: vi.fn(async () => 'platform'),
    report: vi.fn(async (_platform: string, reports: readonly DeploymentReport[]) => {
      sent.push([...reports]);
      return [] as RefusedReport[];
    }),
  };
  const turnOff = vi.fn(async (_forMs: number) => {});
  const start = () => {
    const end = reportDeployments(
      {
        deployments: {
          waiting: async (limit) => row.slice(0, limit),
          drop: async (notes) => {
            row = row.filter((note) => !notes.includes(note));
          },
          size: async () => row.length,
          turnOff,
        },
        api,
        platform: { id: null, name: 'Cortex XSOAR', type: 'SOAR' },
        logger: createLogger({
          ...{ level: 'info', name: 'test', version: '0' },
          destination: { write: (line: string) => lines.push(JSON.parse(line)) },
        }),
        onState: (state) => {
          if (states.at(-1) !== state) states.push(state);
        },
        onReport: (status, outcome) => counted.push(`${status} ${outcome}`),
        onWaiting: () => {},
      },
      times,
    );
    onTestFinished(end);
    return end;
  };
  return { api, turnOff, lines, states, counted, sent, start, row: () => row };
}

it('what waits is reported in one call and taken away', async () => {
  const { start, row, sent, counted, states } = world([id(1), id(2)]);
  start();
  await vi.waitFor(() => expect(row()).toEqual([]), soon);
  expect(sent).toEqual([
    [1, 2].map((n) => ({
      ...{ indicatorId: id(n), status: 'deployed', at: '2026-09-21T14:13:20.000Z' },
    })),
  ]);
  expect(counted).toEqual(['deployed taken', 'deployed taken']);
  expect(states).toEqual(['asking', 'reporting']);
});

it('an old platform is noticed once, left alone, and used after an update', async () => {
  const { api, start, lines, turnOff, states, row } = world([id(1)]);
  api.offered.mockResolvedValueOnce(false).mockResolvedValueOnce(false);
  start();
  await vi.waitFor(() => expect(row()).toEqual([]), soon);
  expect(lines.filter(({ msg }) => msg.includes('does not know deployments'))).toHaveLength(1);
  expect(turnOff.mock.calls.map(([forMs]) => forMs > 0)).toEqual([true, true, false]);
  expect(api.offered).toHaveBeenCalledTimes(3);
  expect(states).toEqual(['asking', 'not-offered', 'reporting']);
});

it('a missing right is said once with the capabilities; the notes are kept', async () => {
  const { api, start, lines, states, row } = world([id(1)]);
  for (let i = 0; i < 4; i += 1) api.report.mockRejectedValueOnce(failure('forbidden'));
  start();
  await vi.waitFor(() => expect(row()).toEqual([]), soon);
  const said = lines.filter(({ msg }) => msg.includes('Create / Update knowledge'));
  expect(said).toMatchObject([{ level: 'warn' }]);
  expect(states).toEqual(['asking', 'refused', 'reporting']);
});

it.each(['unavailable', 'network', 'rate-limited'] as const)(
  'when OpenCTI is %s the notes wait, and one line tells it',
  async (kind) => {
    const { api, start, lines, states, row } = world([id(1)]);
    for (let i = 0; i < 4; i += 1) api.report.mockRejectedValueOnce(failure(kind));
    start();
    await vi.waitFor(() => expect(row()).toEqual([]), soon);
    expect(lines.filter(({ msg }) => msg.includes('told later'))).toHaveLength(1);
    expect(states).toEqual(['asking', 'waiting', 'reporting']);
  },
);

it('one report that spoils a whole call is found and given up, the others are told', async () => {
  const { api, start, sent, counted, row } = world([1, 2, 3, 4, 5].map(id));
  api.report.mockImplementation(async (_platform, reports) => {
    if (reports.some(({ indicatorId }) => indicatorId === id(3))) throw failure('schema');
    sent.push([...reports]);
    return [];
  });
  start();
  await vi.waitFor(() => expect(row()).toEqual([]), { ...soon, timeout: 10_000 });
  expect(sent.flat().map(({ indicatorId }) => indicatorId)).toEqual([1, 2, 4, 5].map(id));
  expect(counted.filter((one) => one.endsWith('refused'))).toEqual(['deployed refused']);
});

it('a security platform that was deleted is created again', async () => {
  const { api, start, row } = world([id(1)]);
  api.report.mockRejectedValueOnce(failure('refused'));
  start();
  await vi.waitFor(() => expect(row()).toEqual([]), soon);
  expect(api.securityPlatform).toHaveBeenCalledTimes(2);
});

it('an indicator that is gone is not told again, one that is refused for the moment is', async () => {
  const { api, start, counted, row, lines } = world([id(1), id(2), id(3)]);
  const refused = (n: number, gone: boolean) => ({ indicatorId: id(n), words: 'no', gone });
  api.report
    .mockResolvedValueOnce([refused(1, true), refused(2, false), refused(3, false)])
    .mockResolvedValueOnce([refused(3, false)])
    .mockResolvedValueOnce([refused(3, false)]);
  start();
  await vi.waitFor(() => expect(row()).toEqual([]), soon);
  expect(counted).toEqual(['deployed gone', 'deployed taken', 'deployed refused']);
  expect(lines.filter(({ msg }) => msg.includes('does not take what became'))).toHaveLength(1);
});

it('what is no id of an indicator never reaches OpenCTI', async () => {
  const { start, sent, counted, row } = world(['"}) { evil', id(1)]);
  start();
  await vi.waitFor(() => expect(row()).toEqual([]), soon);
  expect(sent.flat().map(({ indicatorId }) => indicatorId)).toEqual([id(1)]);
  expect(counted).toEqual(['deployed refused', 'deployed taken']);
});
