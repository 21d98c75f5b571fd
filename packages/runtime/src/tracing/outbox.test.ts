import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { createOutbox } from './outbox.ts';

const span = {} as ReadableSpan;
type Callback = Parameters<SpanExporter['export']>[1];

/** An outbox over an exporter that answers when the test says so. */
function make(maxWaiting = 100) {
  const told: string[] = [];
  const taken: ReadableSpan[] = [];
  const asked: Callback[] = [];
  const outbox = createOutbox(
    {
      export: (_spans, callback) => void asked.push(callback),
      shutdown: async () => {},
    },
    {
      onFailing: (reason) => told.push(`failing: ${reason}`),
      onWell: (lost) => told.push(`well: ${lost} lost`),
    },
    maxWaiting,
  );
  const processor = outbox.around({
    onStart: () => {},
    onEnd: (ended) => void taken.push(ended),
    forceFlush: async () => {},
    shutdown: async () => {},
  } satisfies SpanProcessor);
  /** So many spans end, go out in one batch, and the exporter says this of them. */
  function batch(count: number, error?: Error): void {
    for (let at = 0; at < count; at += 1) processor.onEnd(span);
    outbox.exporter.export(taken.splice(0, taken.length), () => {});
    asked.pop()?.(error === undefined ? { code: 0 } : { code: 1, error });
  }
  return { told, taken, processor, batch };
}

it('tells once of a collector that is away, and once with what was lost when it is back', () => {
  const { told, batch } = make();
  batch(2);
  batch(3, new Error('connect ECONNREFUSED'));
  batch(4, new Error('something else'));
  batch(1);
  batch(1);
  batch(1, new Error('again'));
  expect(told).toEqual(['failing: connect ECONNREFUSED', 'well: 7 lost', 'failing: again']);
});

it('drops what is too much while the collector is slow, and counts it as lost', () => {
  const { told, taken, processor, batch } = make(5);
  for (let at = 0; at < 8; at += 1) processor.onEnd(span);
  expect(taken).toHaveLength(5);
  batch(0, new Error('slow'));
  // There is room again.
  batch(2);
  expect(told).toEqual(['failing: slow', 'well: 8 lost']);
});

it('tells a code where the error has no words, and never a long text', () => {
  const { told, batch } = make();
  batch(1, Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }));
  batch(1);
  batch(1, new Error('x'.repeat(1_000)));
  expect(told[0]).toBe('failing: AggregateError (ECONNREFUSED)');
  expect(told.at(-1)).toHaveLength('failing: '.length + 200);
});
