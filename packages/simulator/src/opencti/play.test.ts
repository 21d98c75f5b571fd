import { expect, test } from 'vitest';
import { generateFeed } from '../generate/feed.ts';
import { indicator } from '../testing/objects.ts';
import { openctiBench } from '../testing/opencti.ts';

const { start } = openctiBench();

test('a feed is applied in order, synchronous or not', async () => {
  const fake = await start();
  expect(await fake.play([{ kind: 'create', object: indicator(1) }]).finished).toBe(1);
  async function* feed() {
    yield { kind: 'update' as const, object: indicator(1, { labels: ['x'] }) };
    yield { kind: 'create' as const, object: indicator(2) };
  }
  expect(await fake.play(feed()).finished).toBe(2);
  expect(fake.object(indicator(1).id)?.labels).toEqual(['x']);
});

test('a rate is kept', async () => {
  const fake = await start();
  const started = performance.now();
  await fake.play(generateFeed({ events: 60, seed: 1 }), { ratePerSecond: 400 }).finished;
  // Authors come first and count too: at least 60 operations at 400 a second.
  expect(performance.now() - started).toBeGreaterThan(140);
});

test('a feed can be stopped', async () => {
  const fake = await start();
  const playing = fake.play(generateFeed({ events: 1_000_000, seed: 1 }), { ratePerSecond: 1000 });
  playing.stop();
  expect(await playing.finished).toBeLessThan(100);
});

test('a feed that fails is seen by who waits for it', async () => {
  const fake = await start();
  async function* feed() {
    yield { kind: 'create' as const, object: indicator(1) };
    throw new Error('no more');
  }
  await expect(fake.play(feed()).finished).rejects.toThrow('no more');
});

test('expectations are those of the living indicators that pass the filter', async () => {
  const fake = await start();
  await fake.play(generateFeed({ entities: 200, events: 1000, seed: 6, updateShare: 0.5 }))
    .finished;
  const living = [...fake.state()].filter((object) => object.type === 'indicator');
  const expectations = [...fake.expectations()];
  expect(expectations).toHaveLength(living.length);
  expect(expectations.every(({ basis }) => basis === 'generated')).toBe(true);
  expect(expectations.some(({ mappable }) => !mappable)).toBe(true);
  const revoked = living.filter((object) => object.revoked === true).length;
  expect(revoked).toBeGreaterThan(0);
  fake.setFilter({ types: ['indicator'], revoked: false });
  expect([...fake.expectations()]).toHaveLength(living.length - revoked);
});
