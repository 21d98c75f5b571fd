import { expect, it } from 'vitest';
import type { Sample } from './controller.ts';
import { createConcurrencyGate, verdictOf } from './gate.ts';

it.each([
  [{ status: 200 }, 'answered'],
  [{ status: 201 }, 'answered'],
  [{ status: 429 }, 'overloaded'],
  [{ status: 408 }, 'overloaded'],
  [{ status: 500 }, 'overloaded'],
  [{ status: 503 }, 'overloaded'],
  [{ status: null, error: 'timeout' }, 'overloaded'],
  [{ status: null, error: 'network' }, 'overloaded'],
  [{ status: null, error: 'aborted' }, 'neither'],
  [{ status: 400 }, 'neither'],
  [{ status: 401 }, 'neither'],
  [{ status: 303 }, 'neither'],
  [{ status: 200, error: 'not-json' }, 'neither'],
] as const)('takes %j for %s', (info, verdict) => {
  expect(verdictOf(info)).toBe(verdict);
});

it('tells each change of the limit once, and the control what is under way', () => {
  const taken: [Sample, number][] = [];
  const control = {
    limit: 3,
    take: (sample: Sample, nowMs: number) => void taken.push([sample, nowMs]),
  };
  const applied: number[] = [];
  const gate = createConcurrencyGate(control, () => 77);
  const request = () => gate.requested({ operation: 'create', status: 200, durationMs: 5 });

  gate.follow((limit) => applied.push(limit));
  gate.began();
  gate.began();
  gate.ended();
  request();
  control.limit = 4;
  request();
  request();
  control.limit = 2;
  request();
  expect(applied).toEqual([3, 4, 2]);
  expect(gate.limit).toBe(2);
  expect(taken[0]).toEqual([
    { operation: 'create', durationMs: 5, verdict: 'answered', busy: 1 },
    77,
  ]);
});
