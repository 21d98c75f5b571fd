import { describe, expect, it } from 'vitest';
import { createContext } from './harness/context.ts';
import { render } from './harness/report.ts';
import { median } from './harness/statistics.ts';
import { scenarios } from './scenarios/list.ts';

// They start twenty processes each, which takes its time where others work too.
describe('scenarios of the bench, at a tiny size', { timeout: 180_000 }, () => {
  const context = createContext(
    { size: 'smoke', runs: 1, environment: { ingest: {}, worker: {}, board: {} } },
    () => {},
  );

  it.each(scenarios)('$name runs to its end and prints its table', async (scenario) => {
    const outcome = await scenario.run(context);
    const text = render(scenario, outcome);
    expect(outcome.rows.length).toBeGreaterThan(0);
    for (const { label, figures } of outcome.rows) {
      expect(text).toContain(label);
      for (const [name, values] of Object.entries(figures)) {
        expect(text).toContain(name);
        expect(values, name).toHaveLength(1);
        expect(Number.isFinite(median(values)), `${label}, ${name}`).toBe(true);
      }
    }
    for (const { what } of outcome.checks) expect(text).toContain(what);
  });
});
