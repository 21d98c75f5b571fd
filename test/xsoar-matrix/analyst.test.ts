import { compare } from '@xsoar-intel/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { differences, NONE, type Pipeline, startPipeline } from '../e2e/pipeline.ts';
import { createDomain, updateDomain } from '../support/indicators.ts';
import { until } from '../support/until.ts';
import { Analyst } from './analyst.ts';

const INDICATORS = 200;
/** Updates of each indicator: 2,000 in all. */
const ROUNDS = 10;
/** Changes by the analyst on each indicator. */
const CHANGES = 5;
/** Indicators that the analyst has open at a time. */
const WINDOWS = 8;

const names = Array.from({ length: INDICATORS }, (_, index) => `both-${index}.example`);

/** Each state has another score and another label, so none can pass for another. */
function update(name: string, round: number) {
  const { object, ...rest } = updateDomain(name, round % 2 === 0 ? 90 : 5);
  return { ...rest, object: { ...object, labels: ['ours', `round-${round}`] } };
}

/** No faster than the workers: else most states would be overtaken before they are pushed. */
async function flow(pipeline: Pipeline): Promise<void> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const name of names) pipeline.opencti.append(update(name, round));
    const last = pipeline.opencti.stats().events.lastId;
    await until('most of the round is delivered', async () => {
      const { cursor, pending } = await pipeline.snapshot();
      return cursor?.id.text === last && pending < INDICATORS / 4;
    });
  }
}

async function investigate(analyst: Analyst): Promise<void> {
  for (let change = 1; change <= CHANGES; change += 1) {
    const open = [...names];
    const window = async (): Promise<void> => {
      for (let name = open.pop(); name !== undefined; name = open.pop()) {
        const comment = `seen ${change} times`;
        // The first tag stays, the others are taken back by the next change.
        const removeTag = change > 2 ? `analyst-${change - 1}` : 'none';
        await analyst.change(name, { addTag: `analyst-${change}`, removeTag, comment });
      }
    };
    await Promise.all(Array.from({ length: WINDOWS }, window));
  }
}

it.each([0, 150])(
  "loses no analyst's change and leaves nothing stale while updates flow (index %i ms behind)",
  async (indexLagMs) => {
    const pipeline = await startPipeline({
      xsoar: {
        latency: { default: { minMs: 5, maxMs: 25 } },
        journal: 20_000,
        behaviour: { indexLagMs },
      },
    });
    onTestFinished(() => pipeline.close());
    const { opencti, xsoar } = pipeline;
    await pipeline.ingest();
    await pipeline.worker({ CONNECTOR_CONSUMER_COUNT: '20' });
    for (const name of names) opencti.append(createDomain(name));
    await pipeline.quiet();

    const analyst = new Analyst(xsoar);
    await Promise.all([flow(pipeline), investigate(analyst)]);
    await pipeline.quiet();

    for (const name of names) {
      const stored = xsoar.get(name);
      expect(stored?.comment, name).toBe(`seen ${CHANGES} times`);
      const tags = new Set(stored?.CustomFields.tags as string[]);
      expect(tags, name).toEqual(
        new Set(['analyst-1', `analyst-${CHANGES}`, 'ours', `round-${ROUNDS}`]),
      );
    }
    const allowTag = (tag: string): boolean => tag.startsWith('analyst-');
    expect(differences(compare(opencti.expectations(), xsoar.dump(), { allowTag }))).toEqual(NONE);
    expect(await pipeline.deadLetters()).toEqual([]);

    // Else they have never met, and nothing was shown.
    const refused = xsoar.journal({ operation: 'edit' }).filter(({ status }) => status === 400);
    expect(analyst.conflicts).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(analyst.conflicts);
  },
);
