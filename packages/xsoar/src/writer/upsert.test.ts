import { describe, expect, it } from 'vitest';
import type { DesiredIndicator } from '../indicator.ts';
import type { KnownIndicator } from '../indicator-writer.ts';
import { FakeTenant, refusal, type TenantHabits, timeOut } from '../testing/fake-tenant.ts';
import { rejection } from '../testing/rejection.ts';
import { createIndicatorWriter } from './create-writer.ts';

const value = 'evil.example';

const want = (fields: Partial<DesiredIndicator> = {}): DesiredIndicator => ({
  value,
  indicator_type: 'Domain',
  score: 3,
  source: 'OpenCTI',
  CustomFields: { tags: ['apt'] },
  ...fields,
});

/** A writer as another process would have one: it shares nothing but the tenant. */
const writerOf = (tenant: FakeTenant) =>
  createIndicatorWriter(tenant, { batchWindowMs: 0, patience: tenant.patience });

const upsert = (tenant: FakeTenant, desired = want(), known: KnownIndicator = {}) =>
  writerOf(tenant).upsert(desired, known);

it('creates what is not there, after a look', async () => {
  const tenant = new FakeTenant();
  const result = await upsert(tenant, want({ comment: '' }));
  expect(result).toEqual({ outcome: 'created', id: '101', version: 1 });
  expect(tenant.calls).toEqual(['search', 'create']);
  expect(tenant.get(value)).toEqual({ ...want(), id: '101', version: 1 });
});

it('passes an id on as a hint, and takes the one that XSOAR chose', async () => {
  const hint = { id: 'indicator--1' };
  expect((await upsert(new FakeTenant(), want(hint))).id).toBe('101');
  expect((await upsert(new FakeTenant({ ids: 'client' }), want(hint))).id).toBe('indicator--1');
});

describe('where the id hint belongs to another value already', () => {
  const hinted = (hint: string) => want({ id: hint });

  it('creates without the hint, at once', async () => {
    const tenant = new FakeTenant({ ids: 'client' });
    tenant.seed({ id: 'indicator--1', value: 'taken.example' });
    const result = await upsert(tenant, hinted('indicator--1'));
    expect(result).toEqual({ outcome: 'created', id: '102', version: 1 });
    expect(tenant.calls).toEqual(['search', 'create', 'search', 'create']);
    expect(tenant.get('taken.example')).toMatchObject({ id: 'indicator--1', version: 1 });
    expect(tenant.get(value)).toMatchObject({ score: 3 });
    expect(tenant.patience.now()).toBe(0);
  });

  it('waits where the index does not show yet whose it is, and makes no second one', async () => {
    const tenant = new FakeTenant({ ids: 'client', indexLagMs: 3000, duplicates: 409 });
    tenant.after = () => {
      tenant.after = () => {};
      throw timeOut('create');
    };
    await rejection(upsert(tenant, hinted('indicator--1')));
    expect(await upsert(tenant, hinted('indicator--1'))).toMatchObject({ id: 'indicator--1' });
    expect(tenant.objects.size).toBe(1);
  });
});

it('edits what is there, by value where no id is known', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ value, score: 1, CustomFields: { tags: ['night'] } });
  expect(await upsert(tenant)).toEqual({ outcome: 'edited', id, version: 2 });
  expect(tenant.calls).toEqual(['search', 'edit']);
  expect(tenant.get(value)).toMatchObject({ score: 3, CustomFields: { tags: ['night', 'apt'] } });
});

it('edits a known one in two calls', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ value, score: 1, CustomFields: { tags: ['old'] } });
  const result = await upsert(tenant, want(), { id, previousTags: ['old'], lastWriteAt: 0 });
  expect(result).toEqual({ outcome: 'edited', id, version: 2 });
  expect(tenant.calls).toEqual(['search', 'edit']);
  expect(tenant.get(value)?.CustomFields).toEqual({ tags: ['apt'] });
});

it('leaves alone what is as wanted, where nobody has written lately', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ ...want(), version: 7 });
  tenant.pass(30_000);
  const result = await upsert(tenant, want(), { id, lastWriteAt: 0 });
  expect(result).toEqual({ outcome: 'unchanged', id, version: 7 });
  expect((await upsert(tenant, want(), { lastWriteAt: 5000 })).outcome).toBe('unchanged');
  expect(tenant.calls).toEqual(['search', 'search']);
});

it('leaves it alone as well where the index shows the version of our last write', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ ...want(), version: 7 });
  const result = await upsert(tenant, want(), { id, version: 7 });
  expect(result).toEqual({ outcome: 'unchanged', id, version: 7 });
  expect((await upsert(tenant, want(), { id, version: 6 })).outcome).toBe('edited');
  expect((await upsert(tenant, want(), { version: 8 })).outcome).toBe('edited');
});

it('asks XSOAR by an edit where the index may show an older state than our last write', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ ...want(), version: 7 });
  tenant.pass(30_000);
  expect((await upsert(tenant, want(), { id, lastWriteAt: 15_000 })).outcome).toBe('edited');
  expect((await upsert(tenant, want(), { id })).outcome).toBe('edited');
});

it('remembers what it has sent itself, whatever became of it', async () => {
  const tenant = new FakeTenant({ indexLagMs: 2000 });
  const { id } = tenant.seed({ ...want() });
  tenant.pass(30_000);
  const writer = writerOf(tenant);
  tenant.after = () => {
    tenant.after = () => {};
    throw timeOut('edit');
  };
  await rejection(writer.upsert(want({ score: 1 }), { id, lastWriteAt: 0 }));
  const result = await writer.upsert(want(), { id, lastWriteAt: 0 });
  expect(result.outcome).toBe('edited');
  expect(tenant.get(value)?.score).toBe(3);
});

it('is not fooled by an index that shows the state before the last', async () => {
  const tenant = new FakeTenant({ indexLagMs: 2000 });
  const { id } = tenant.seed({ ...want({ score: 1 }) });
  await writerOf(tenant).upsert(want({ score: 2 }), { id });
  const result = await writerOf(tenant).upsert(want({ score: 1 }), { id, lastWriteAt: 0 });
  expect(result).toMatchObject({ outcome: 'edited', version: 3 });
  expect(tenant.get(value)?.score).toBe(1);
});

it('is not fooled by an index that shows what has been deleted', async () => {
  const tenant = new FakeTenant({ indexLagMs: 2000 });
  const { id } = tenant.seed({ ...want() });
  await writerOf(tenant).remove({ value, type: 'Domain', id }, 'gone');
  expect((await writerOf(tenant).upsert(want(), {})).outcome).toBe('created');
  expect(tenant.get(value)).toMatchObject(want());
});

it('finds it by value where the known id is gone', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ value, score: 1 });
  expect(await upsert(tenant, want(), { id: '9' })).toMatchObject({ outcome: 'edited', id });
});

it('leaves alone what has taken the known id, and creates or edits by value', async () => {
  const tenant = new FakeTenant();
  const foreign = tenant.seed({ value: 'foreign.example' });
  const known = { id: foreign.id, version: 1, lastWriteAt: 0 };
  expect(await upsert(tenant, want(), known)).toMatchObject({ outcome: 'created', id: '102' });
  const edited = await upsert(tenant, want({ score: 1 }), known);
  expect(edited).toMatchObject({ outcome: 'edited', id: '102' });
  expect(tenant.calls).toEqual(['search', 'search', 'create', 'search', 'search', 'edit']);
  expect(tenant.get('foreign.example')).toEqual(foreign);
});

it('edits under the known id what XSOAR stores in another spelling', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ value: 'EVIL[.]example.', score: 1 });
  expect(await upsert(tenant, want(), { id })).toMatchObject({ outcome: 'edited', id });
  expect(tenant.calls).toEqual(['search', 'edit']);
});

it.each([400, 404] as const)('creates anew where an edit finds nothing (%i)', async (missing) => {
  const tenant = new FakeTenant({ missing });
  const { id } = tenant.seed({ value, score: 1 });
  tenant.before = (operation) => {
    if (operation === 'edit') tenant.drop(id);
  };
  expect(await upsert(tenant, want(), { id })).toMatchObject({ outcome: 'created', id: '102' });
  expect(tenant.calls).toEqual(['search', 'edit', 'search', 'create']);
});

it('reports a value on the exclusion list', async () => {
  const tenant = new FakeTenant();
  tenant.excluded.add(value);
  expect(await upsert(tenant)).toEqual({ outcome: 'excluded', id: null, version: null });
});

describe.each([400, 409] as const)('with version conflicts as %i', (conflict) => {
  it('reads again and keeps what an analyst has done meanwhile', async () => {
    const tenant = new FakeTenant({ conflict });
    const { id } = tenant.seed({ value, score: 1, CustomFields: { tags: ['old'] } });
    let edits = 0;
    tenant.before = (operation) => {
      if (operation !== 'edit' || ++edits > 1) return;
      tenant.change(value, (object) => {
        object.comment = 'watch this';
        object.CustomFields = { tags: ['old', 'night'], analystnote: 'mine' };
      });
    };
    const result = await upsert(tenant, want(), { id, previousTags: ['old'] });
    expect(result).toEqual({ outcome: 'edited', id, version: 3 });
    expect(tenant.get(value)).toMatchObject({
      score: 3,
      comment: 'watch this',
      CustomFields: { tags: ['night', 'apt'], analystnote: 'mine' },
    });
  });

  it('waits for the index to show who has won', async () => {
    const tenant = new FakeTenant({ conflict, indexLagMs: 3000 });
    const { id } = tenant.seed({ value, score: 1 });
    tenant.change(value, (object) => {
      object.comment = 'watch this';
    });
    expect(await upsert(tenant, want(), { id })).toEqual({ outcome: 'edited', id, version: 3 });
    expect(tenant.get(value)).toMatchObject({ score: 3, comment: 'watch this' });
    expect(tenant.count('edit')).toBe(2);
  });

  it('gives up after five', async () => {
    const tenant = new FakeTenant({ conflict });
    const { id } = tenant.seed({ value, score: 1 });
    tenant.before = (operation) => {
      if (operation === 'edit') tenant.change(value, () => {});
    };
    expect(await rejection(upsert(tenant, want(), { id }))).toMatchObject({ status: conflict });
    expect(tenant.count('edit')).toBe(6);
  });
});

describe.each(['merge', 'keep', 409, 400] as TenantHabits['duplicates'][])(
  'where a create of a present value means %s',
  (duplicates) => {
    it('ends right when somebody else creates it after our look', async () => {
      const tenant = new FakeTenant({ duplicates });
      tenant.before = (operation) => {
        if (operation === 'create') {
          tenant.seed({ value, score: 1, CustomFields: { tags: ['night'] } });
        }
      };
      const result = await upsert(tenant);
      expect(result.id).toBe('101');
      expect(tenant.get(value)).toMatchObject({ score: 3 });
      expect(tenant.get(value)?.CustomFields?.tags).toContain('apt');
      // A tenant that merges has overwritten the tags before we could see them.
      if (duplicates !== 'merge') {
        expect(tenant.get(value)?.CustomFields?.tags).toContain('night');
      }
    });

    it('ends right while the index lags behind a create of another process', async () => {
      const tenant = new FakeTenant({ duplicates, indexLagMs: 5000 });
      await writerOf(tenant).upsert(want({ score: 1 }), {});
      const result = await writerOf(tenant).upsert(want({ CustomFields: { tags: ['new'] } }), {
        previousTags: ['apt'],
      });
      expect(result.id).toBe('101');
      expect(tenant.get(value)).toMatchObject({ score: 3, CustomFields: { tags: ['new'] } });
    });
  },
);

it.each([0, 1500])(
  'lets three processes at once meet on one indicator (lag %i ms)',
  async (indexLagMs) => {
    const tenant = new FakeTenant({ duplicates: 409, indexLagMs });
    await Promise.all([1, 2, 3].map(() => upsert(tenant, want(), { previousTags: [] })));
    expect(tenant.get(value)).toMatchObject({ score: 3, CustomFields: { tags: ['apt'] } });
    expect(tenant.objects.size).toBe(1);
  },
);

it('needs no wait for the index after a write of its own', async () => {
  const tenant = new FakeTenant({ duplicates: 409, indexLagMs: 20_000 });
  const writer = writerOf(tenant);
  const { id } = await writer.upsert(want(), {});
  await writer.upsert(want({ score: 1 }), { ...(id ? { id } : {}) });
  await writer.upsert(want({ score: 2 }), {});
  expect(tenant.get(value)).toMatchObject({ score: 2, version: 3 });
  expect(tenant.calls).toEqual(['search', 'create', 'search', 'edit', 'search', 'edit']);
});

it('gives a conflict back where XSOAR says that it exists and never shows it', async () => {
  const tenant = new FakeTenant({ duplicates: 400, indexLagMs: 1e9 });
  await upsert(tenant);
  const error = await rejection(upsert(tenant));
  expect(error).toMatchObject({ kind: 'status', status: 409, uncertain: false });
  expect(error.message).toContain('no search finds it');
  expect(tenant.count('search')).toBeLessThan(30);
});

it('takes one of another type, and leaves it its type, when XSOAR says that it exists', async () => {
  const tenant = new FakeTenant({ duplicates: 409 });
  const { id } = tenant.seed({ value, indicator_type: 'Host', score: 1 });
  expect(await upsert(tenant)).toMatchObject({ outcome: 'edited', id });
  expect(tenant.get(value)).toMatchObject({ indicator_type: 'Host', score: 3 });
});

describe('when a reply is lost', () => {
  it('does not repeat a create within the same upsert; the next one finds it', async () => {
    const tenant = new FakeTenant({ duplicates: 409 });
    tenant.after = () => {
      tenant.after = () => {};
      throw timeOut('create');
    };
    expect(await rejection(upsert(tenant))).toMatchObject({ kind: 'timeout', uncertain: true });
    expect(tenant.calls).toEqual(['search', 'create']);
    expect((await upsert(tenant)).id).toBe('101');
    expect(tenant.count('create')).toBe(1);
    expect(tenant.get(value)).toMatchObject(want());
  });

  it('does not repeat an edit within the same upsert; the next one sees that it is done', async () => {
    const tenant = new FakeTenant();
    const { id } = tenant.seed({ value, score: 1 });
    tenant.after = () => {
      tenant.after = () => {};
      throw timeOut('edit');
    };
    expect(await rejection(upsert(tenant, want(), { id }))).toMatchObject({ uncertain: true });
    expect(tenant.count('edit')).toBe(1);
    tenant.pass(30_000);
    expect(await upsert(tenant, want(), { id, lastWriteAt: 1 })).toMatchObject({
      outcome: 'unchanged',
      version: 2,
    });
  });
});

it.each([401, 429, 503, 422])('hands on a %i as it is', async (status) => {
  const tenant = new FakeTenant();
  tenant.before = (operation) => {
    if (operation === 'create') throw refusal('create', status, 'no');
  };
  expect(await rejection(upsert(tenant))).toMatchObject({ operation: 'create', status });
  expect(tenant.count('create')).toBe(1);
});

it('stops between two requests when the caller gives up', async () => {
  const tenant = new FakeTenant({ indexLagMs: 1e9 });
  const { id } = tenant.seed({ value });
  tenant.change(value, () => {});
  const controller = new AbortController();
  tenant.before = (operation) => {
    if (operation === 'edit') controller.abort();
  };
  const upserted = writerOf(tenant).upsert(want(), { id }, controller.signal);
  expect(await rejection(upserted)).toMatchObject({ kind: 'aborted', uncertain: false });
});

it('creates a hundred at once with one search', async () => {
  const tenant = new FakeTenant();
  const writer = createIndicatorWriter(tenant, { patience: tenant.patience });
  await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      writer.upsert(want({ value: `h${index}.example` }), {}),
    ),
  );
  expect(tenant.count('search')).toBe(1);
  expect(tenant.count('create')).toBe(100);
});
