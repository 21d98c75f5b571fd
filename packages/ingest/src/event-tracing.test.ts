import { type EventId, parseEventId, type StreamMessage } from '@xsoar-intel/opencti';
import { type Put, UNTRACED } from '@xsoar-intel/pipeline';
import type { SpanStart, TraceAttributes, Tracing } from '@xsoar-intel/runtime';
import { expect, it } from 'vitest';
import { traceEvents } from './event-tracing.ts';

const OPENCTI = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';
type Entity = Extract<StreamMessage, { kind: 'entity' }>;

function event(entityId: string, version: string): Entity {
  return {
    ...{ kind: 'entity', id: idOf(version), name: 'update', bytes: 900 },
    ...{ dependency: false, recovered: false, sources: [] },
    data: {
      id: `indicator--${entityId}`,
      type: 'indicator',
      extensions: { [OPENCTI]: { id: entityId } },
    },
  };
}
function idOf(version: string): EventId {
  const id = parseEventId(version);
  if (id === null) throw new Error(`not a version: ${version}`);
  return id;
}
const putOf = (message: Entity, entityId: string): Put => ({
  ...{ entityId, version: message.id, operation: 'upsert', payload: '{}' },
});

function record(sampled = true) {
  const begun: SpanStart[] = [];
  const ended: TraceAttributes[] = [];
  let clock = 0;
  const tracing: Tracing = {
    now: () => {
      clock += 1;
      return clock;
    },
    start(_name, options) {
      begun.push(options);
      const context = `span-${begun.length}`;
      const ids = { trace_id: 'trace', span_id: context };
      return sampled ? { context, ids, end: (attributes) => void ended.push(attributes) } : null;
    },
    stop: async () => {},
  };
  return { events: traceEvents(tracing, 'stream'), begun, ended };
}

it('begins one span for an event, at its arrival, however often its write is tried', () => {
  const { events, begun } = record();
  const message = event('a', '1-0');
  events.received(message);
  events.received(event('b', '2-0'));
  const first = events.begin(message, [putOf(message, 'a'), putOf(message, 'merged')]);
  const again = events.begin(message, [putOf(message, 'a')]);
  expect(begun).toEqual([{ kind: 'consumer', startedAt: 1 }]);
  expect([...first, ...again].map(({ trace }) => trace?.context)).toEqual(
    Array.from({ length: 3 }, () => 'span-1'),
  );
});

it('has no span for an event that changes nothing', () => {
  const { events, begun } = record();
  const message = event('a', '1-0');
  events.received(message);
  expect(events.begin(message, [])).toEqual([]);
  expect(begun).toEqual([]);
});

it('marks the states of an event that is not recorded', () => {
  const { events, ended } = record(false);
  const message = event('a', '1-0');
  events.received(message);
  const puts = events.begin(message, [putOf(message, 'a')]);
  expect(puts[0]?.trace).toEqual({ context: UNTRACED, obsolete: 0 });
  events.written([message], puts, ['written']);
  expect(ended).toEqual([]);
});

it('says what became of each event of a batch, once', () => {
  const { events, ended } = record();
  const [old, replaced, newest] = [event('a', '1-0'), event('b', '2-0'), event('b', '3-0')];
  const puts = [old, replaced, newest].flatMap((message) => {
    events.received(message);
    return events.begin(message, [putOf(message, message === old ? 'a' : 'b')]);
  });
  const states = puts.filter(({ version }) => version.text !== '2-0');
  events.written([old, replaced, newest], states, ['old', 'written']);
  events.written([old, replaced, newest], states, ['old', 'written']);
  expect(
    ended.map((attributes) => [
      attributes['xsoar_intel.event.id'],
      attributes['xsoar_intel.event.became'],
    ]),
  ).toEqual([
    ['1-0', 'old'],
    ['2-0', 'replaced'],
    ['3-0', 'written'],
  ]);
});
