import { describe, expect, it } from 'vitest';
import { sparingly } from './sparingly.ts';

describe('trouble that comes again and again', () => {
  it('is told once a minute for each kind, whatever numbers it names', () => {
    let now = 0;
    const told: string[] = [];
    const tell = sparingly(
      (error) => told.push(String(error)),
      () => now,
    );
    const happen = () => {
      tell(new Error('connect ECONNREFUSED 127.0.0.1:6379'));
      tell(new Error('connect ECONNREFUSED 127.0.0.2:6379'));
      tell(new Error('READONLY: no writes'));
    };
    happen();
    now = 59_999;
    happen();
    expect(told).toEqual([
      'Error: connect ECONNREFUSED 127.0.0.1:6379',
      'Error: READONLY: no writes',
    ]);
    now = 60_000;
    happen();
    expect(told).toHaveLength(4);
  });
});
