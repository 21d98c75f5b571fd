import { OpenctiError, parseEventId } from '@xsoar-intel/opencti';
import { createLogger } from '@xsoar-intel/runtime';
import { afterEach, expect, it } from 'vitest';
import { connectorState, keepRegistered, type Registration } from './registration.ts';

const identity = { id: 'c1', name: 'XSOAR', scope: ['xsoar'] };
const answer = { state: null, text: null, empty: false };
let running: Registration | undefined;
afterEach(() => running?.stop());

function start(calls: string[], ping: (count: number) => void) {
  let pings = 0;
  const lines: string[] = [];
  let onPing: () => void = () => {};
  const logger = createLogger({
    level: 'info',
    name: 'ingest',
    version: '0',
    destination: { write: (line: string) => lines.push(line) },
  });
  running = keepRegistered(
    {
      api: {
        async register() {
          calls.push('register');
          return { ...answer, userId: null };
        },
        async ping(_id, state, info) {
          pings += 1;
          calls.push(`ping ${JSON.stringify(state)} ${info?.queueMessagesSize}`);
          onPing();
          ping(pings);
          return answer;
        },
      },
      identity,
      cursor: { read: async () => '10-2' },
      load: async () => ({ pending: 7, highMark: 100, buffering: false }),
      onState: async () => {},
      onReset: async () => true,
      onHeard: () => {},
      logger,
    },
    { pingMs: 5, retryMs: 5, confirmMs: 5 },
  );
  const pinged = (count: number): Promise<void> =>
    new Promise((resolve) => {
      onPing = () => {
        if (pings >= count) resolve();
      };
    });
  return { pinged, lines };
}

it('registers once and then tells the cursor in the words of the Python helper', async () => {
  const calls: string[] = [];
  const { pinged } = start(calls, () => {});
  await pinged(3);
  const ping = 'ping {"start_from":"10-2","recover_until":false} 7';
  expect(calls.slice(0, 4)).toEqual(['register', ping, ping, ping]);
});

it('registers again when OpenCTI no longer knows the connector, and warns once while it fails', async () => {
  const calls: string[] = [];
  const { pinged, lines } = start(calls, (count) => {
    if (count === 1 || count === 2) {
      throw new OpenctiError('ping', { kind: 'not-found', code: 'X', words: 'unknown id' });
    }
  });
  await pinged(3);
  expect(calls.map((call) => call.split(' ')[0])).toEqual([
    ...['register', 'ping', 'register', 'ping', 'register', 'ping'],
  ]);
  expect(lines.filter((line) => line.includes('does not show'))).toHaveLength(1);
});

it('keeps the date of a catch-up that is under way', () => {
  const id = parseEventId('5-0');
  if (!id) throw new Error('no id');
  expect(connectorState({ id, recoverUntil: '2026-08-20T09:00:00Z' })).toEqual({
    start_from: '5-0',
    recover_until: '2026-08-20T09:00:00Z',
  });
  expect(connectorState(null)).toBeNull();
});
