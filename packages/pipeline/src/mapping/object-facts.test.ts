import { describe, expect, it } from 'vitest';
import { listLimits, textLimits } from './bounded-text.ts';
import { isCustomFieldName } from './custom-fields.ts';
import { expiryOf } from './expiry.ts';
import { killChainPhases } from './kill-chain.ts';
import { publicationsOf } from './publications.ts';
import { reliabilityOf } from './reliability.ts';
import { defaultScoreThresholds, percentOf, xsoarScore } from './score.ts';
import { tagsOf } from './tags.ts';
import { TLP_MARKINGS, tlpOf, xsoarTlp } from './tlp.ts';

describe('score', () => {
  it.each([
    [null, 0],
    [0, 0],
    [1, 1],
    [30, 1],
    [31, 2],
    [60, 2],
    [61, 3],
    [100, 3],
  ])('of %j is %j by default', (score, wanted) => {
    expect(xsoarScore(score, defaultScoreThresholds)).toBe(wanted);
  });

  it("can be set to Palo Alto's own lines", () => {
    const lines = { good: -1, suspicious: 20, bad: 70 };
    expect([0, 20, 21, 70, 71].map((score) => xsoarScore(score, lines))).toEqual([1, 1, 2, 2, 3]);
  });

  it.each([
    [50, 50],
    ['80', 80],
    [' 7 ', 7],
    [-5, 0],
    [1_000, 100],
    [Number.POSITIVE_INFINITY, 100],
    [Number.NaN, null],
    ['', null],
    ['high', null],
    [true, null],
    [null, null],
    [[50], null],
  ])('reads %j as %j', (value, wanted) => {
    expect(percentOf(value)).toBe(wanted);
  });
});

describe('reliability', () => {
  it.each([
    [100, 'A'],
    [81, 'A'],
    [80, 'B'],
    [60, 'C'],
    [40, 'D'],
    [20, 'E'],
    [1, 'E'],
    [0, 'F'],
    [null, 'F'],
  ])('of confidence %j is %s', (confidence, letter) => {
    expect(reliabilityOf(confidence).charAt(0)).toBe(letter);
  });
});

describe('TLP', () => {
  it.each(TLP_MARKINGS.map(({ id, level }) => [id, level] as const))('%s is %s', (id, level) => {
    expect(tlpOf([id])).toBe(level);
  });

  it('is the most restrictive of several markings, whatever stands between them', () => {
    const id = (level: string) => TLP_MARKINGS.find((marking) => marking.level === level)?.id;
    expect(tlpOf(['marking-definition--pap', id('GREEN'), null, 7, id('RED'), id('AMBER')])).toBe(
      'RED',
    );
    expect(tlpOf([id('AMBER'), id('AMBER+STRICT')])).toBe('AMBER+STRICT');
  });

  it.each([[null], [undefined], ['x'], [[]], [[{}]], [{ length: 5 }]])('is none for %j', (refs) => {
    expect(tlpOf(refs)).toBeNull();
  });

  it.each([
    ['CLEAR', 'xsoar', { field: 'WHITE' }],
    ['AMBER+STRICT', 'xsoar', { field: 'AMBER', tag: 'tlp:amber+strict' }],
    ['RED', 'xsoar', { field: 'RED' }],
    ['CLEAR', 'keep', { field: 'CLEAR' }],
    ['AMBER+STRICT', 'keep', { field: 'AMBER+STRICT' }],
  ] as const)('%s in spelling %s is %j', (level, spelling, wanted) => {
    expect(xsoarTlp(level, spelling)).toEqual(wanted);
  });
});

describe('kill chain phases', () => {
  it("are given XSOAR's names, once, and the unknown ones are counted", () => {
    const phase = (name: unknown) => ({ kill_chain_name: 'mitre-attack', phase_name: name });
    const phases = [
      phase('command-and-control'),
      phase('Command_And_Control'),
      phase('initial-access'),
      phase('actions-on-objectives'),
      phase('resource-development'),
      phase(7),
      null,
      'delivery',
    ];
    expect(killChainPhases(phases)).toEqual({
      known: ['Command & Control', 'Initial Access', 'Actions on Objectives'],
      unknown: 1,
    });
  });
});

describe('publications', () => {
  it('take title, source and link of external references', () => {
    expect(
      publicationsOf([
        { source_name: 'ACME', description: 'Report 42', url: 'https://cti.example/42' },
        { source_name: 'ACME', external_id: 'R-1' },
        { source_name: 'ACME' },
        { url: 'HTTP://cti.example/' },
      ]).publications,
    ).toEqual([
      { title: 'Report 42', source: 'ACME', link: 'https://cti.example/42' },
      { title: 'R-1', source: 'ACME' },
      { title: 'ACME', source: 'ACME' },
      { title: 'HTTP://cti.example/', source: '', link: 'HTTP://cti.example/' },
    ]);
  });

  it('never take a link that a browser would run', () => {
    const { publications, unsafe } = publicationsOf([
      { source_name: 'x', url: 'javascript:alert(1)' },
      { source_name: 'x', url: 'data:text/html,x' },
    ]);
    expect(publications).toEqual([
      { title: 'x', source: 'x' },
      { title: 'x', source: 'x' },
    ]);
    expect(unsafe).toBe(2);
  });

  it('are bounded', () => {
    const many = Array.from({ length: 1_000 }, () => ({ source_name: 'x'.repeat(10_000) }));
    const { publications, dropped } = publicationsOf(many);
    expect(publications).toHaveLength(listLimits.publications);
    expect(dropped).toBe(1_000 - listLimits.publications);
    expect(publications[0]?.source).toHaveLength(textLimits.publicationSource);
  });
});

describe('tags', () => {
  it('are the labels, each once, without what is no text', () => {
    expect(tagsOf(['one', ' two ', 'one', '', 7, null, 'deux mots'])).toEqual({
      tags: ['one', 'two', 'deux mots'],
      dropped: 3,
      cut: 0,
    });
  });

  it('are bounded in number and length', () => {
    const many = Array.from({ length: 1_000 }, (_, at) => `${at}${'x'.repeat(1_000)}`);
    const { tags, dropped, cut } = tagsOf(many);
    expect(tags).toHaveLength(listLimits.tags);
    expect(dropped).toBe(1_000 - listLimits.tags);
    expect(cut).toBe(listLimits.tags);
  });

  it('are never cut through a character', () => {
    const { tags } = tagsOf([`${'x'.repeat(textLimits.tag - 1)}😀`]);
    expect(tags[0]?.isWellFormed()).toBe(true);
  });
});

describe('expiry', () => {
  const object = { id: 'x', type: 'indicator', modified: '2025-03-04T00:00:00.000Z' };

  it('is the end of validity, or never', () => {
    expect(expiryOf({ ...object, valid_until: '2026-01-01T00:00:00Z' }, null, true)).toBe(
      '2026-01-01T00:00:00Z',
    );
    expect(expiryOf(object, null, true)).toBeNull();
    expect(expiryOf({ ...object, valid_until: 'soon' }, null, true)).toBeNull();
  });

  it('has come for a revoked indicator', () => {
    const revoked = { ...object, revoked: true };
    expect(expiryOf({ ...revoked, valid_until: '2099-01-01T00:00:00Z' }, null, true)).toBe(
      '2025-03-04T00:00:00.000Z',
    );
    expect(expiryOf({ ...revoked, valid_until: '2020-01-01T00:00:00Z' }, null, true)).toBe(
      '2020-01-01T00:00:00Z',
    );
    expect(expiryOf(revoked, '2025-03-03T00:00:00.000Z', true)).toBe('2025-03-03T00:00:00.000Z');
    expect(expiryOf({ id: 'x', type: 'indicator', revoked: true }, null, true)).toMatch(/^1970/);
  });

  it('can leave revocation out', () => {
    expect(expiryOf({ ...object, revoked: true }, null, false)).toBeNull();
  });
});

describe('names of custom fields', () => {
  it.each(['score', 'id', 'comment', 'My Field', 'created_by', '', '__proto__', 'x'.repeat(65)])(
    'refuse %j',
    (name) => {
      expect(isCustomFieldName(name)).toBe(false);
    },
  );

  it('take lower case letters and digits', () => {
    expect(isCustomFieldName('ctireliability2')).toBe(true);
  });
});
