import type { DeploymentNote } from '@xsoar-intel/pipeline';
import { expect, it } from 'vitest';
import type { DeliveryResult } from './deliver.ts';
import { causeOf, createDeploymentNotes, noteOfDelivery } from './deployment-notes.ts';

const NOW = 1_790_000_000_000;
type Delivered = Extract<DeliveryResult, { kind: 'delivered' }>;

function delivered(more: Partial<Delivered>): Delivered {
  return {
    kind: 'delivered',
    operation: 'upsert',
    version: '10-0',
    forced: false,
    actions: [],
    present: 0,
    excluded: 0,
    newlyExcluded: [],
    skip: null,
    answered: true,
    provisional: false,
    deadLetterJob: null,
    ...more,
  };
}
const status = (more: Partial<Delivered>) => noteOfDelivery(delivered(more), NOW)?.status ?? null;

it.each<[string, Partial<Delivered>, string | null]>([
  ['a value that was created', { present: 1, actions: ['created'] }, 'deployed'],
  ['one that was there already', { present: 1, actions: ['unchanged'] }, 'deployed'],
  ['one of two on the exclusion list', { present: 1, excluded: 1 }, 'deployed'],
  ['all on the exclusion list', { excluded: 1, actions: ['excluded'] }, 'failed'],
  ['what cannot be mapped', { actions: [] }, null],
  ['what is filtered out now and was there', { actions: ['deleted'] }, 'removed'],
  ['a delete', { operation: 'delete', actions: ['deleted'] }, 'removed'],
  ['a delete of what was gone', { operation: 'delete', actions: ['absent'] }, 'removed'],
  ['a delete beside another owner', { operation: 'delete', actions: ['edited'] }, 'removed'],
  ['a delete that lets it expire', { operation: 'delete', actions: ['expired'] }, 'removed'],
  ['a delete of what never was there', { operation: 'delete', actions: [] }, null],
  ['a delete that leaves it', { operation: 'delete', actions: ['left'] }, null],
  ['a delete that tags it', { operation: 'delete', actions: ['tagged'] }, null],
  ['what will be pushed once more', { present: 1, provisional: true }, null],
])('%s is told as such', (_name, result, told) => {
  expect(status(result)).toBe(told);
});

it('the cause is short and names no host', () => {
  expect(causeOf({ status: 400, operation: 'upsert' }, 'rejected')).toBe(
    'XSOAR refused it (HTTP 400)',
  );
  expect(causeOf({ status: 403, operation: 'delete' }, 'rejected')).toBe(
    'XSOAR refused the removal (HTTP 403)',
  );
  expect(causeOf({ status: null, operation: 'upsert' }, 'attempts-exhausted')).toBe(
    'all attempts failed',
  );
});

it('a Redis that fails is told and reaches no delivery', async () => {
  const errors: unknown[] = [];
  const seen: [string, string, DeploymentNote][] = [];
  const dropped: number[] = [];
  const notes = createDeploymentNotes({
    deployments: {
      async note(entityId, version, note) {
        if (entityId === 'bad') throw new Error('Redis is away');
        seen.push([entityId, version, note]);
        return 2;
      },
    },
    onDropped: (count) => dropped.push(count),
    onError: (error) => errors.push(error),
    now: () => NOW,
  });
  notes.delivered('bad', delivered({ present: 1 }));
  notes.delivered('good', delivered({ present: 1 }));
  notes.delivered('nothing', delivered({}));
  await notes.idle();
  expect(errors).toHaveLength(1);
  expect(dropped).toEqual([2]);
  expect(seen).toEqual([['good', '10-0', { status: 'deployed', at: NOW }]]);
});
