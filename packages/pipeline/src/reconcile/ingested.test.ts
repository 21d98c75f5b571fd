import { parseEventId } from '@xsoar-intel/opencti';
import { describe, expect, it } from 'vitest';
import { hasReadToHead, isIngested } from './ingested.ts';

const id = (text: string) => parseEventId(text);
const at = (cursor: string, head = '5000-2') => ({
  ...{ cursor: id(cursor), head: id(head), recoverMs: 4_000, eventLagMs: 100 },
});

describe('a change of an object is read', () => {
  it('where what is known of it is as new', () => {
    expect(isIngested(4_500, id('4500-0'), at('1-0'))).toBe(true);
    expect(isIngested(4_500, id('4499-9'), at('1-0'))).toBe(false);
  });

  it('where the cursor is well behind it, though its event never came', () => {
    expect(isIngested(4_500, null, at('4600-0'))).toBe(true);
    expect(isIngested(4_500, null, at('4599-0'))).toBe(false);
  });

  it('where the cursor passed all that was there when the run began, and it changed before', () => {
    expect(isIngested(4_000, null, at('5000-2', '5000-2'))).toBe(true);
    expect(isIngested(3_950, null, at('4000-0'))).toBe(false);
    expect(isIngested(4_950, null, at('5000-2'))).toBe(false);
  });

  it('where nobody ever read anything: nothing is under way', () => {
    expect(isIngested(4_500, null, { ...at('1-0'), cursor: null })).toBe(true);
  });
});

it('a head that the platform did not tell is the end of what the run reads', () => {
  expect(hasReadToHead({ ...at('4000-0'), head: null })).toBe(true);
  expect(hasReadToHead({ ...at('3999-0'), head: null })).toBe(false);
});
