import { expect, it } from 'vitest';
import { createLogger } from './logger.ts';

/** A logger whose lines the test reads. */
function capture() {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({
    level: 'debug',
    name: 'worker',
    version: '1.2.3',
    destination: { write: (line: string) => lines.push(JSON.parse(line)) },
  });
  return { logger, lines };
}

it('writes one JSON object a line with time, level name, process and version', () => {
  const { logger, lines } = capture();
  logger.warn({ entityId: 'a' }, 'hello');
  expect(lines).toMatchObject([
    { level: 'warn', process: 'worker', version: '1.2.3', entityId: 'a', msg: 'hello' },
  ]);
  expect(String(lines[0]?.time)).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

it('keeps line breaks and escape sequences of a value inside its line', () => {
  const { logger, lines } = capture();
  logger.info({ value: 'a\n{"level":"error"}\u001b[31m' }, 'b\r\nc');
  expect(lines).toHaveLength(1);
});

it('never prints what hangs on an error, nor keys by the names of secrets', () => {
  const { logger, lines } = capture();
  const error = Object.assign(new Error('refused'), {
    request: { headers: { Authorization: 'Bearer s3cret' } },
  });
  logger.error({ err: error, token: 's3cret', xsoar: { key: 's3cret' } }, 'failed');
  expect(JSON.stringify(lines)).not.toContain('s3cret');
  expect(lines[0]).toMatchObject({ err: { type: 'Error', message: 'refused' } });
});
