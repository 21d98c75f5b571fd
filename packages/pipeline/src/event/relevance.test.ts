import { type EntityMessage, parseEventId, type StixObject } from '@xsoar-intel/opencti';
import { describe, expect, it } from 'vitest';
import { newestOf } from './newest.ts';
import { type RelevanceOptions, relevanceOf } from './relevance.ts';

const OPENCTI = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';
const all: RelevanceOptions = { listenDelete: true, recovering: false, eventTypes: [] };

const object = (entityId: string, more: object = {}): StixObject => ({
  id: `indicator--${entityId}`,
  type: 'indicator',
  extensions: { [OPENCTI]: { id: entityId } },
  ...more,
});

function message(name: EntityMessage['name'], more: Partial<EntityMessage> = {}): EntityMessage {
  const id = parseEventId('10-0');
  if (!id) throw new Error('no id');
  return {
    kind: 'entity',
    id,
    name,
    dependency: false,
    recovered: false,
    data: object('e1'),
    sources: [],
    bytes: 2,
    ...more,
  };
}

const puts = (m: EntityMessage, options = all) =>
  relevanceOf(m, options).puts.map(({ entityId, operation }) => `${operation} ${entityId}`);

describe('what an event changes', () => {
  it('is decided by its name, not by the type in its JSON', () => {
    expect(puts(message('create'))).toEqual(['upsert e1']);
    expect(puts(message('update'))).toEqual(['upsert e1']);
    // It left the stream's filter: the object is that after an update.
    expect(puts(message('delete', { data: object('e1', { revoked: true }) }))).toEqual([
      'delete e1',
    ]);
  });

  it('goes by the internal id, since the STIX id changes with the pattern (law L10)', () => {
    const renamed = message('update', { data: object('e1', { id: 'indicator--other' }) });
    expect(puts(renamed)).toEqual(['upsert e1']);
  });

  it('deletes what a merge merged away, which no other event tells', () => {
    const merge = message('merge', { sources: [object('e2'), object('e3')] });
    expect(puts(merge)).toEqual(['upsert e1', 'delete e2', 'delete e3']);
    expect(puts(merge, { ...all, listenDelete: false })).toEqual(['upsert e1']);
  });

  it('is nothing for a delete when deletes are not listened to', () => {
    const { puts: none, outcome } = relevanceOf(message('delete'), { ...all, listenDelete: false });
    expect([none, outcome]).toEqual([[], 'deletes-off']);
  });

  it('is nothing for a kind of event that is filtered out', () => {
    const options = { ...all, eventTypes: ['create', 'delete'] as const };
    expect(puts(message('create'), options)).toEqual(['upsert e1']);
    expect(relevanceOf(message('update'), options)).toMatchObject({
      puts: [],
      outcome: 'event-type',
    });
  });

  it('is the name of an author, when an identity comes, as a dependency too', () => {
    const identity: StixObject = { id: 'identity--1', type: 'identity', name: 'Acme CERT' };
    for (const dependency of [true, false]) {
      expect(relevanceOf(message('create', { data: identity, dependency }), all)).toEqual({
        puts: [],
        authors: [['identity--1', 'Acme CERT']],
        outcome: 'not-indicator',
      });
    }
  });

  it('is nothing for an indicator that comes as a dependency, except in a catch-up, which sends it in no other way', () => {
    const dependency = message('create', { dependency: true });
    expect(relevanceOf(dependency, all)).toMatchObject({ puts: [], outcome: 'dependency' });
    expect(puts(dependency, { ...all, recovering: true })).toEqual(['upsert e1']);
  });
});

it('only the newest state of an entity in a batch is written, the later one of equals', () => {
  const at = (text: string, payload: string) => {
    const version = parseEventId(text);
    if (!version) throw new Error(text);
    return { entityId: 'e1', version, operation: 'upsert' as const, payload };
  };
  expect(
    newestOf([at('9-0', 'a'), at('10-0', 'b'), at('10-0', 'c'), at('9-5', 'd')]),
  ).toMatchObject([{ payload: 'c' }]);
});
