import { createRequire } from 'node:module';
import pino from 'pino';
import { serializeError } from './serialize-error.ts';
import { version } from './version.ts';

const require = createRequire(import.meta.url);

/** Writes logs; `child({ ... })` binds fields. */
export type Logger = pino.Logger;

/** From chatty to silent. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** How logs are written. */
export interface LoggerOptions {
  level: LogLevel;
  /** Which process speaks: `ingest`, `worker`, `board`. In every line as `process`. */
  name: string;
  /** In every line as `version`; this package's by default, since all share one. */
  version?: string;
  /** For people instead of programs. Unset or null: where stdout is a terminal. */
  pretty?: boolean | null;
  /** Where lines go; stdout, written at once so that a crash loses none. */
  destination?: { write(line: string): void };
}

/**
 * Fields that never show their value. A second lock only: secrets are wrapped, and errors are
 * written from known fields. Each path is written out, since a wildcard makes every line five
 * times as expensive (measured: 2 to 11 µs).
 */
const REDACTED = [
  'token',
  'key',
  'apiKey',
  'password',
  'secret',
  'authorization',
  'Authorization',
  'headers.authorization',
  'headers.Authorization',
  'headers.cookie',
  'headers["x-xdr-auth-id"]',
  'opencti.token',
  'opencti.headers',
  'xsoar.key',
  'redis.url',
  'board.password',
];

/**
 * Makes the logger of a process: one JSON object a line with `level` (a name), `time` (ISO 8601),
 * `process`, `version` and `msg`. Errors go under `err`.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings: pino.LoggerOptions = {
    level: options.level,
    base: { process: options.name, pid: process.pid, version: options.version ?? version },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serializeError },
    redact: { paths: REDACTED, censor: '***' },
  };
  const pretty = options.pretty ?? (options.destination === undefined && process.stdout.isTTY);
  if (pretty) {
    // Some MB of memory, which a service that logs JSON does without.
    const { prettyLines } = require('./pretty-lines.ts') as typeof import('./pretty-lines.ts');
    return pino(settings, prettyLines(options.destination ?? process.stdout));
  }
  return options.destination ? pino(settings, options.destination) : pino(settings);
}
