import { type ConnectorStatus, groupDeadLetters } from '@xsoar-intel/pipeline';

/** A connector that does well; tests change what they are about. */
export function statusExample(change: Partial<ConnectorStatus> = {}): ConnectorStatus {
  return {
    readAt: '2026-02-01T09:30:00.000Z',
    version: '1.2.3',
    connectorId: '6f1c1e2a-0000-4000-8000-000000000000',
    stream: {
      ingestActive: true,
      standingBy: 0,
      cursor: '1769938140000-0',
      cursorAt: '2026-02-01T09:29:00.000Z',
      behindMs: 60_000,
      recoverUntil: null,
      told: null,
    },
    pending: { entities: 0, oldestMs: null },
    pace: null,
    jobs: { waiting: 0, active: 0, delayed: 0, failed: 0 },
    rates: null,
    retrying: { looked: 0, groups: [] },
    holds: [],
    workers: [{ name: 'host:1', version: '1.2.3', since: 1_699_999_000_000 }],
    deadLetters: groupDeadLetters([], 0),
    setAside: { total: 0, newest: [] },
    actions: [],
    reconciled: null,
    ...change,
  };
}
