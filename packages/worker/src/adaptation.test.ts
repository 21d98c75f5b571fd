import { expect, it } from 'vitest';
import { adaptTo } from './adaptation.ts';

const address = 'https://api-xsoar.example/xsoar/public/v1';
const now = { api: 'auto' as const, address, pushBudgetMs: 60_000, lateWindowMs: 60_000 };
const found = (answers: Record<string, string>) => ({ address, at: 1, answers });
const usual = {
  api: 'auto',
  maxIndexLagMs: 20_000,
  maxDeleteLagMs: 20_000,
  adapted: [],
  warnings: [],
};

it('changes nothing where nobody has probed, or all is as usual, or another XSOAR was probed', () => {
  expect(adaptTo(null, now)).toEqual(usual);
  const fine = { indexLag: '3100', edit: 'edited', staleVersion: '400 errOptimisticLock' };
  expect(adaptTo(found(fine), now)).toEqual(usual);
  expect(adaptTo(found({ indexLag: 'never' }), now)).toEqual(usual);
  const other = { ...found({ indexLag: '30000', edit: '303' }), address: 'https://b.example' };
  expect(adaptTo(other, now)).toEqual(usual);
});

it('waits twice as long for an index as it was seen to lag', () => {
  const adapted = adaptTo(found({ indexLag: '31000' }), { ...now, pushBudgetMs: 300_000 });
  expect(adapted).toMatchObject({ maxIndexLagMs: 62_000, maxDeleteLagMs: 62_000 });
  expect(adapted.adapted).toEqual(['the index is believed 62 s after a write, and no sooner']);
});

it('says which settings are too short for a slow index', () => {
  const { maxDeleteLagMs, warnings } = adaptTo(found({ indexLag: '45000' }), now);
  expect(maxDeleteLagMs).toBe(20_000);
  expect(warnings.join('\n')).toContain('DELIVERY_TIMEOUT to 270s');
  expect(warnings.join('\n')).toContain('DELIVERY_LATE_WINDOW to 90s');
});

it('takes the internal prefix where the public one offers no edits, unless it is told which', () => {
  expect(adaptTo(found({ edit: '303' }), now)).toMatchObject({ api: '8-internal', warnings: [] });
  const told = adaptTo(found({ edit: '303' }), { ...now, api: '8' });
  expect(told.api).toBe('8');
  expect(told.warnings.join()).toContain('XSOAR_API=8-internal');
});

it('warns where an edit of an older version is taken', () => {
  const { warnings } = adaptTo(found({ staleVersion: 'accepted' }), now);
  expect(warnings.join()).toContain("an analyst's edit");
});
