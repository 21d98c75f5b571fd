import { type EventId, parseEventId, type StreamMessage } from '@xsoar-intel/opencti';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trackPosition } from './position.ts';

const id = (text: string): EventId => {
  const parsed = parseEventId(text);
  if (!parsed) throw new Error(text);
  return parsed;
};
const object = { id: 'indicator--1', type: 'indicator' };
const entity = (text: string, dependency = false): StreamMessage => ({
  kind: 'entity',
  id: id(text),
  name: 'create',
  dependency,
  recovered: false,
  data: object,
  sources: [],
  bytes: 2,
});
const dependency = (text: string) => entity(text, true);
const heartbeat = (text: string): StreamMessage => ({ kind: 'heartbeat', id: id(text) });
const rejected = (text: string): StreamMessage => ({
  kind: 'rejected',
  id: id(text),
  name: 'create',
  reason: 'bad-json',
  detail: '',
  bytes: 1,
  excerpt: '',
});

function safeAfter(...messages: StreamMessage[]): string | undefined {
  const tracker = trackPosition(id('10-0'), 0);
  for (const message of messages) tracker.note(message);
  return tracker.safe?.text;
}

describe('the safe position', () => {
  it('is that of the last main event', () => {
    expect(safeAfter(entity('11-0'), entity('12-3'))).toBe('12-3');
  });

  it('does not move because of a dependency, which carries the id of an event still to come', () => {
    expect(safeAfter(dependency('11-0'))).toBe('10-0');
    expect(safeAfter(dependency('11-0'), entity('11-0'))).toBe('11-0');
  });

  it('does not move because of a heartbeat between a dependency and its main event', () => {
    expect(safeAfter(dependency('11-0'), heartbeat('11-0'))).toBe('10-0');
  });

  it('moves past a dependency whose main event never came once a greater id is seen', () => {
    expect(safeAfter(dependency('11-0'), heartbeat('12-0'))).toBe('12-0');
    expect(safeAfter(dependency('11-0'), entity('13-0'))).toBe('13-0');
    expect(safeAfter(dependency('11-0'), dependency('13-0'))).toBe('11-0');
  });

  it('follows a heartbeat with a margin, since its id comes from another clock', () => {
    const tracker = trackPosition(id('100-0'), 60);
    tracker.note(heartbeat('150-0'));
    expect(tracker.safe?.text).toBe('100-0');
    tracker.note(heartbeat('200-0'));
    expect(tracker.safe?.text).toBe('140-0');
    tracker.note(heartbeat('170-0'));
    expect(tracker.safe?.text).toBe('140-0');
  });

  it('follows main events backwards: from catch-up to live, or when a batch is sent again', () => {
    expect(safeAfter(entity('20-0'), entity('15-0'))).toBe('15-0');
  });

  it('takes an unreadable event for a possible dependency until the server is past it', () => {
    expect(safeAfter(rejected('11-0'))).toBe('10-0');
    expect(safeAfter(rejected('11-0'), heartbeat('12-0'))).toBe('12-0');
  });

  it('never lies past a main event that was not received (random streams, random cuts)', () => {
    // A server writes, per event, some dependencies, perhaps a heartbeat with the
    // same id, then the event; the connection may be cut anywhere.
    const event = fc.record({ dependencies: fc.nat(2), heartbeat: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.nat(60), (events, cut) => {
        const wire = events.flatMap((shape, index) => {
          const at = `${100 + index}-0`;
          return [
            ...Array.from({ length: shape.dependencies }, () => dependency(at)),
            ...(shape.dependencies > 0 && shape.heartbeat ? [heartbeat(at)] : []),
            entity(at),
          ];
        });
        const tracker = trackPosition(null, 0);
        const received = wire.slice(0, cut);
        for (const message of received) tracker.note(message);
        const mains = new Set(
          received.flatMap((m) => (m.kind === 'entity' && !m.dependency ? [m.id.ms] : [])),
        );
        const upTo = tracker.safe?.ms ?? 99;
        for (let ms = 100; ms <= upTo; ms += 1) expect(mains).toContain(ms);
      }),
    );
  });
});
