import type { ValueRecord } from '@xsoar-intel/pipeline';
import { contributionsOf } from '@xsoar-intel/pipeline';
import type { DesiredIndicator, KnownIndicator, RemovalTarget } from '@xsoar-intel/xsoar';
import { describe, expect, it } from 'vitest';
import type { Orphan } from './orphans.ts';
import { pushValues, type ValuePusher } from './push.ts';

const desired = (value: string, score = 2, fields = {}): DesiredIndicator => ({
  value,
  indicator_type: 'Domain',
  score,
  CustomFields: { tags: ['c2'], ...fields },
});

/** A record as plan() gives it, for indicators that entities want of the value. */
function record(
  value: string,
  wishes: DesiredIndicator[],
  more: Partial<ValueRecord> = {},
): ValueRecord {
  const contributions = wishes.flatMap((wish) => contributionsOf([wish]));
  return {
    key: `Domain:${value}`,
    xsoarId: null,
    version: null,
    hash: null,
    outcome: null,
    sinceWriteMs: null,
    contributions: contributions.map(({ contribution }) => contribution),
    former: [],
    ...more,
  };
}

function pusher(fail: (value: string) => boolean = () => false) {
  const calls: [string, string, KnownIndicator?][] = [];
  let underWay = 0;
  let most = 0;
  const call = async <T>(answer: T, ...entry: [string, string, KnownIndicator?]): Promise<T> => {
    calls.push(entry);
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise(setImmediate);
    underWay -= 1;
    if (fail(entry[1])) throw new Error(`no ${entry[1]}`);
    return answer;
  };
  const writer: ValuePusher = {
    upsert: (wanted, known) =>
      call({ outcome: 'created', id: '9', version: 1 } as const, 'upsert', wanted.value, known),
    remove: ({ value }) => call({ outcome: 'deleted' } as const, 'remove', value),
  };
  return { writer, calls, counts: () => ({ underWay, most }) };
}

const options = {
  force: false,
  late: false,
  orphans: new Map<string, Orphan>(),
  now: 1_000_000,
  signal: new AbortController().signal,
};

describe('a push', () => {
  it('removes what nobody wants before it writes what somebody does', async () => {
    const { writer, calls } = pusher();
    const { actions, values } = await pushValues(
      writer,
      [record('new.example', [desired('new.example')]), record('old.example', [])],
      options,
    );
    expect(calls.map(([what, value]) => `${what} ${value}`)).toEqual([
      'remove old.example',
      'upsert new.example',
    ]);
    expect(actions).toEqual(['deleted', 'created']);
    expect(values.map(({ key, outcome }) => [key, outcome])).toEqual([
      ['Domain:old.example', 'absent'],
      ['Domain:new.example', 'present'],
    ]);
  });

  it('asks XSOAR nothing when what it wrote last is what is wanted, unless it is forced', async () => {
    const first = pusher();
    const { values } = await pushValues(first.writer, [record('a', [desired('a')])], options);
    const [written] = values;
    const same = record('a', [desired('a')], {
      hash: written?.hash ?? '',
      outcome: 'present',
      xsoarId: '9',
    });
    const second = pusher();
    expect(await pushValues(second.writer, [same], options)).toMatchObject({
      answered: false,
      actions: ['unchanged'],
    });
    expect(second.calls).toEqual([]);
    await pushValues(second.writer, [same], { ...options, force: true });
    expect(second.calls).toHaveLength(1);
  });

  it('tells the writer what is known: id, last write, and what is ours or may be', async () => {
    const { writer, calls } = pusher();
    const former = contributionsOf([
      { ...desired('a', 1, { description: 'x', tags: ['old'] }), comment: 'ours' },
    ]);
    const known = {
      xsoarId: '9',
      sinceWriteMs: 4_000,
      former: former.map(({ contribution }) => contribution),
      outcome: 'present',
    } as const;
    await pushValues(writer, [record('a', [desired('a')], known)], options);
    expect(calls[0]?.[2]).toEqual({
      id: '9',
      lastWriteAt: 996_000,
      previousTags: ['old', 'c2'],
      previousFields: ['description'],
      previousComments: ['ours'],
    });
  });

  it('lets nothing pass as unchanged while a late request may have changed it', async () => {
    const { writer, calls } = pusher();
    const known = { xsoarId: '9', sinceWriteMs: 90_000, outcome: 'present' } as const;
    const late = { ...options, force: true, late: true };
    await pushValues(writer, [record('a', [desired('a')], known)], late);
    expect(calls[0]?.[2]).not.toHaveProperty('lastWriteAt');
    expect(calls[0]?.[2]).not.toHaveProperty('version');
  });

  it('writes what all who stand behind a value want together', async () => {
    const { writer } = pusher();
    const upserted: DesiredIndicator[] = [];
    const spy: ValuePusher = {
      ...writer,
      upsert(wanted, ...rest) {
        upserted.push(wanted);
        return writer.upsert(wanted, ...rest);
      },
    };
    const wishes = [desired('a', 1, { tags: ['x'] }), desired('a', 3, { tags: ['y'] })];
    await pushValues(spy, [record('a', wishes)], options);
    expect(upserted[0]).toMatchObject({ score: 3 });
    expect(new Set(upserted[0]?.CustomFields.tags as string[])).toEqual(new Set(['x', 'y']));
  });

  it('fails only when nothing is under way any more, so that no request outlives the lease', async () => {
    const { writer, counts } = pusher((value) => value === 'v1');
    const records = Array.from({ length: 20 }, (_, n) => record(`v${n}`, [desired(`v${n}`)]));
    await expect(pushValues(writer, records, options)).rejects.toThrow('no v1');
    expect(counts()).toEqual({ underWay: 0, most: 8 });
  });

  it('tells the writer when what is to be removed was last written, unless a late request is about', async () => {
    const known = { xsoarId: '9', sinceWriteMs: 4_000 };
    const targets: RemovalTarget[] = [];
    const writer: ValuePusher = {
      ...pusher().writer,
      remove: async (target) => {
        targets.push(target);
        return { outcome: 'deleted' };
      },
    };
    await pushValues(writer, [record('a', [], known)], options);
    await pushValues(writer, [record('a', [], known)], { ...options, late: true });
    // Excluded, for one: there is nothing that a search could miss.
    await pushValues(writer, [record('a', [], { ...known, xsoarId: null })], options);
    const target = { value: 'a', type: 'Domain' };
    expect(targets).toEqual([
      { ...target, id: '9', lastWriteAt: 996_000 },
      { ...target, id: '9' },
      target,
    ]);
  });

  it('removes by the value in the key where the record was lost', async () => {
    const { writer, calls } = pusher();
    const { values } = await pushValues(writer, [record('a.example', [])], options);
    expect(calls).toEqual([['remove', 'a.example']]);
    expect(values[0]?.outcome).toBe('absent');
  });

  it('forgets a record of which nobody can tell the value', async () => {
    const { writer, calls } = pusher();
    const lost = { key: `URL:sha256:${'0'.repeat(64)}` };
    const { values } = await pushValues(writer, [record('', [], lost)], options);
    expect(calls).toEqual([]);
    expect(values[0]?.outcome).toBe('absent');
  });

  it('removes what only XSOAR knows to be ours, and leaves to others what is theirs too', async () => {
    const { writer, calls } = pusher();
    const orphan = (value: string, ...others: string[]) =>
      [
        `Domain:${value}`,
        { object: { id: '7', version: 1, value, indicator_type: 'Domain', score: 3 }, others },
      ] as const;
    const orphans = new Map<string, Orphan>([orphan('mine'), orphan('shared', 'indicator--2')]);
    const records = [record('mine', []), record('shared', [])];
    await pushValues(writer, records, { ...options, orphans });
    expect(calls).toEqual([
      ['remove', 'mine'],
      ['upsert', 'shared', { id: '7' }],
    ]);
  });

  it('treats what only XSOAR knows of as the operator wants goers to be treated', async () => {
    const object = { id: '7', version: 1, value: 'mine', indicator_type: 'Domain', score: 3 };
    const orphans = new Map([['Domain:mine', { object, others: [] }]]);
    const act = async (mode: 'ignore' | 'tag') => {
      const { writer, calls } = pusher();
      const removal = { mode, tag: 'gone' };
      const { values } = await pushValues(writer, [record('mine', [])], {
        ...options,
        orphans,
        removal,
      });
      expect(values[0]?.outcome).toBe('left');
      return calls;
    };
    expect(await act('ignore')).toEqual([]);
    expect(await act('tag')).toMatchObject([['upsert', 'mine', { id: '7' }]]);
  });
});

describe('one value under two types', () => {
  const host = (more: Partial<ValueRecord> = {}): ValueRecord => ({
    ...record('a', [{ ...desired('a', 3), indicator_type: 'Host', CustomFields: { tags: ['h'] } }]),
    key: 'Host:a',
    ...more,
  });
  const domain = (more: Partial<ValueRecord> = {}) => record('a', [desired('a')], more);

  it('is one indicator that has what both want', async () => {
    const { writer, calls } = pusher();
    const asked: DesiredIndicator[] = [];
    const spy: ValuePusher = {
      ...writer,
      upsert: (wanted, known) => {
        asked.push(wanted);
        return writer.upsert(wanted, known);
      },
    };
    const { values } = await pushValues(spy, [host(), domain({ xsoarId: '9' })], options);
    expect(asked).toMatchObject([{ score: 3, CustomFields: { tags: ['h', 'c2'] } }]);
    expect(calls[0]?.[2]).toMatchObject({ id: '9' });
    expect(values).toMatchObject([
      { key: 'Host:a', xsoarId: '9', outcome: 'present' },
      { key: 'Domain:a', xsoarId: '9', outcome: 'present' },
    ]);
    const [hash = ''] = values.map((value) => value.hash);
    const settled = { hash, outcome: 'present', xsoarId: '9' } as const;
    const again = await pushValues(writer, [host(settled), domain(settled)], options);
    expect(again.actions).toEqual(['unchanged']);
    expect(again.values.map(({ key }) => key)).toEqual(['Host:a', 'Domain:a']);
    const late = await pushValues(writer, [host(settled), domain()], options);
    expect(late.actions).toEqual(['created']);
  });

  it('stays when one of them goes, without what only that one wanted', async () => {
    const { writer, calls } = pusher();
    const [former = ''] = host().contributions;
    const gone = host({ contributions: [], former: [former], xsoarId: '9' });
    const { values } = await pushValues(writer, [gone, domain({ xsoarId: '9' })], options);
    expect(calls).toMatchObject([
      ['upsert', 'a', { id: '9', previousTags: expect.arrayContaining(['h', 'c2']) }],
    ]);
    expect(values).toMatchObject([
      { key: 'Host:a', xsoarId: null, outcome: 'absent' },
      { key: 'Domain:a', xsoarId: '9', outcome: 'present' },
    ]);
  });

  it('goes when nobody wants it under any type', async () => {
    const { writer, calls } = pusher();
    const gone = { contributions: [], xsoarId: '9' };
    const { values } = await pushValues(writer, [host(gone), domain(gone)], options);
    expect(new Set(calls.map(([what]) => what))).toEqual(new Set(['remove']));
    expect(values.map(({ outcome }) => outcome)).toEqual(['absent', 'absent']);
  });
});
