import { afterEach, expect, it } from 'vitest';
import { indicator } from '../opencti/world.ts';
import { until } from '../support/until.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';

let pipeline: Pipeline;
afterEach(() => pipeline.close());

const [DOMAIN, HOST] = [1, 2];

/** An indicator of a domain name, and one of a host of the same name. */
const made = (n: number, label = `label-${n}`) =>
  indicator(n, Date.now(), {
    labels: [label],
    pattern: n === DOMAIN ? "[domain-name:value = 'a.example']" : "[hostname:value = 'a.example']",
  });
const held = () => [...pipeline.xsoar.dump()];
const tags = () => JSON.stringify(held()[0]?.CustomFields?.tags ?? []);
const stixIds = () => JSON.stringify(held()[0]?.CustomFields?.stixid ?? '');

it('one value under two types is one indicator with the state of both, until the last of them goes', {
  timeout: 60_000,
}, async () => {
  pipeline = await startPipeline();
  await pipeline.ingest();
  await pipeline.worker();
  const { opencti } = pipeline;
  for (const n of [DOMAIN, HOST]) opencti.append({ kind: 'create', object: made(n) });
  await pipeline.quiet();
  expect(held()).toHaveLength(1);
  for (const n of [DOMAIN, HOST]) expect(tags()).toContain(`label-${n}`);
  for (const n of [DOMAIN, HOST]) expect(stixIds()).toContain(made(n).id);

  opencti.append({ kind: 'update', object: made(HOST, 'label-3') });
  await until('the update is there', () => tags().includes('label-3'));
  await pipeline.quiet();
  expect(tags()).toContain('label-1');
  expect(tags()).not.toContain('label-2');

  opencti.append({ kind: 'delete', id: made(HOST).id });
  await pipeline.quiet();
  expect(held()).toHaveLength(1);
  expect(tags()).toContain('label-1');
  expect(tags()).not.toContain('label-3');
  expect(stixIds()).not.toContain(made(HOST).id);

  opencti.append({ kind: 'delete', id: made(DOMAIN).id });
  await pipeline.quiet();
  expect(held()).toEqual([]);
});
