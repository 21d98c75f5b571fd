import type { DeadLetter } from '@xsoar-intel/pipeline';
import { failureOf } from '@xsoar-intel/pipeline';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../load.ts';
import { type FilterOptions, filterOf } from './filter.ts';

const now = 1_000_000_000;

function letter(of: Partial<DeadLetter> & { status?: number | null } = {}): DeadLetter {
  const { status = 400, ...rest } = of;
  return {
    jobId: '1',
    entityId: 'e1',
    at: now - 60_000,
    reason: 'rejected',
    message: 'create: HTTP 400',
    failure: failureOf({ lastError: { status } }),
    ...rest,
  };
}

const fits = (options: FilterOptions, of?: Parameters<typeof letter>[0]) =>
  filterOf(options, now)?.(letter(of));

describe('a filter of dead letters', () => {
  it('is none without an option', () => {
    expect(filterOf({}, now)).toBeNull();
  });

  it('takes one of several reasons', () => {
    expect(fits({ reason: 'stalled, rejected' })).toBe(true);
    expect(fits({ reason: 'stalled' })).toBe(false);
  });

  it('takes a status, a class of them, or that there was no answer', () => {
    expect(fits({ status: '400' })).toBe(true);
    expect(fits({ status: '5xx,4XX' })).toBe(true);
    expect(fits({ status: '401,5xx,none' })).toBe(false);
    expect(fits({ status: 'none' }, { status: null })).toBe(true);
    expect(fits({ status: 'none' }, { failure: null })).toBe(true);
    expect(fits({ status: '4xx' }, { status: null })).toBe(false);
  });

  it('takes what has been dead for long enough', () => {
    expect(fits({ olderThan: '1m' })).toBe(true);
    expect(fits({ olderThan: 'PT2M' })).toBe(false);
  });

  it('takes an entity', () => {
    expect(fits({ entity: 'e1' })).toBe(true);
    expect(fits({ entity: 'e2' })).toBe(false);
  });

  it('wants all that was asked for', () => {
    expect(fits({ reason: 'rejected', status: '400', olderThan: '1m' })).toBe(true);
    expect(fits({ reason: 'rejected', status: '400', olderThan: '2h' })).toBe(false);
  });

  it.each([
    [{ reason: 'refused' }, 'rejected, too-large'],
    [{ status: 'bad' }, 'such as 400'],
    [{ status: '4' }, 'such as 400'],
    [{ olderThan: 'yesterday' }, 'such as 30m'],
  ])('refuses %o and says what it takes', (options, words) => {
    expect(() => filterOf(options, now)).toThrow(words);
    try {
      filterOf(options, now);
    } catch (error) {
      expect(error).toBeInstanceOf(CommandError);
      expect(error).toMatchObject({ exitCode: 2 });
    }
  });
});
