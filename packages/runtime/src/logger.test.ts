import { describe, expect, it } from 'vitest';
import { createLogger, type LoggerOptions } from './logger.ts';
import { version } from './version.ts';

/** A logger and the lines that it wrote. */
function logInto(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'info',
    name: 'worker',
    destination: { write: (line) => lines.push(line) },
    ...options,
  });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line)) };
}

describe('createLogger', () => {
  it('writes one JSON object a line with level name, ISO time, process and version', () => {
    const { logger, lines, entries } = logInto();
    logger.info({ entity: 'e1' }, 'delivered');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith('}\n')).toBe(true);
    expect(entries()[0]).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      process: 'worker',
      pid: process.pid,
      version,
      entity: 'e1',
      msg: 'delivered',
    });
  });

  it('keeps lines below its level to itself', () => {
    const { logger, lines } = logInto({ level: 'warn' });
    logger.info('no');
    logger.warn('yes');
    expect(lines).toHaveLength(1);
  });

  it('keeps an attacker’s line break inside one line', () => {
    const { logger, lines } = logInto();
    logger.warn({ value: 'a\n{"level":"error"}' }, 'odd\r\nvalue');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain('\n');
  });

  it('masks tokens, keys and authorization headers, also in children', () => {
    const { logger, lines } = logInto();
    logger.info({ token: 'hunter2', key: 'hunter2', headers: { authorization: 'hunter2' } }, 'x');
    logger.info({ xsoar: { key: 'hunter2', url: 'u' }, password: 'hunter2' }, 'x');
    logger.child({ token: 'hunter2' }).info('x');
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines.join('')).toContain('***');
  });

  it('writes known fields of an error, and never the request that a library hung on it', () => {
    const { logger, lines, entries } = logInto();
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const error = Object.assign(new Error('push failed', { cause }), {
      status: 503,
      config: { headers: { authorization: 'hunter2' } },
    });
    logger.error({ err: error }, 'failed');
    expect(lines.join('')).not.toContain('hunter2');
    expect(entries()[0].err).toMatchObject({
      type: 'Error',
      message: 'push failed',
      status: 503,
      stack: expect.stringContaining('logger.test.ts'),
      cause: { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
    });
  });

  it('survives causes that go in a circle and things thrown that are no errors', () => {
    const { logger, entries } = logInto();
    const error = new Error('round');
    error.cause = error;
    logger.error({ err: error }, 'a');
    logger.error({ err: { token: 'hunter2' } }, 'b');
    logger.error({ err: undefined }, 'c');
    expect(entries()[0].err.message).toBe('round');
    expect(entries()[1].err).toEqual({ type: 'object', message: 'an object that is not an Error' });
    expect(entries()).toHaveLength(3);
  });

  it('bounds what a huge error may write', () => {
    const { logger, lines } = logInto();
    logger.error({ err: new Error('x'.repeat(1_000_000)) }, 'huge');
    expect(lines[0]?.length).toBeLessThan(12_000);
  });
});

describe('pretty logs', () => {
  it('are lines for a person, with the process and the message', () => {
    const { logger, lines } = logInto({ pretty: true });
    logger.info({ entity: 'e1' }, 'delivered');
    expect(lines.join('')).toContain('[worker] delivered');
    expect(lines.join('')).toContain('e1');
  });

  it('never pass a control sequence to the terminal', () => {
    const { logger, lines } = logInto({ pretty: true });
    const evil = '\u001b[2J\u009b31m\r\u0007\b';
    logger.warn({ value: evil, err: new Error(`bad ${evil}`) }, `message ${evil}`);
    const text = lines.join('');
    const controls = [...text].filter((character) => {
      const code = character.charCodeAt(0);
      return (
        (code < 0x20 && character !== '\n' && character !== '\t') || (code > 0x7e && code < 0xa0)
      );
    });
    expect(controls).toEqual([]);
    expect(text).toContain('\\u001b[2J');
  });

  it('leave text that only looks like an escape as it is', () => {
    const { logger, lines } = logInto({ pretty: true });
    logger.warn('C:\\u001b\\new');
    expect(lines.join('')).toContain('C:\\u001b\\new');
  });
});
