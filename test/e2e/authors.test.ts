import { generateFeed, type Operation } from '@xsoar-intel/simulator';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { indicator } from '../opencti/world.ts';
import { until } from '../support/until.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await startPipeline();
});
afterEach(() => pipeline.close());

/** One of the made-up authors. */
function anAuthor(): Extract<Operation, { kind: 'reference' }>['object'] {
  for (const operation of generateFeed({ events: 200, seed: 1 })) {
    if (operation.kind === 'reference' && operation.object.type === 'identity') {
      return operation.object;
    }
  }
  throw new Error('the feed has no author');
}

it('an indicator that went without its author’s name is completed once OpenCTI has told it', {
  timeout: 60_000,
}, async () => {
  const author = anAuthor();
  const by = (n: number) => indicator(n, Date.now(), { created_by_ref: author.id });
  const ingest = await pipeline.ingest();
  pipeline.opencti.append({ kind: 'reference', object: author });
  pipeline.opencti.append({ kind: 'create', object: by(1) });
  const redis = new Redis(pipeline.redis.url);
  const authors = `{xsoar-intel:${pipeline.connectorId}}:authors`;
  await until('the name came ahead of the indicator', () => redis.hexists(authors, author.id));
  // The platform sends an author once per connection and hour; a Redis may have lost it since.
  await redis.del(authors);
  redis.disconnect();
  pipeline.opencti.append({ kind: 'create', object: by(2) });
  const asked = () => pipeline.opencti.stats().graphql.identity ?? 0;
  expect(asked()).toBe(0);

  const worker = await pipeline.worker();
  const complete = () =>
    [...pipeline.xsoar.dump()].filter(({ CustomFields }) =>
      JSON.stringify(CustomFields).includes(String(author.name)),
    ).length;
  await until('both have the name', () => complete() === 2, { timeoutMs: 20_000 });
  await pipeline.quiet();
  // Two deliveries went without it, and OpenCTI was asked once for both.
  expect(await worker.metrics()).toContain('xsoar_intel_deliveries_without_author_total 2');
  expect(await ingest.metrics()).toContain('xsoar_intel_author_refreshes_total 2');
  expect(await ingest.metrics()).toContain('xsoar_intel_author_lookups_total{outcome="found"} 1');
  expect(asked()).toBe(1);
  expect(pipeline.xsoar.stats().objects).toBe(2);
});
