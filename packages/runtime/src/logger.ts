import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

/** Log levels of the project, from most to least. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** How to log. */
export interface LoggerOptions {
  level: LogLevel;
  /** The process's part: `ingest`, `worker`, `board`. */
  name: string;
  version: string;
  /** Lines for people; the default is whether stdout is a terminal. */
  pretty?: boolean;
  /** Where lines go; stdout unless a test wants to read them. */
  destination?: DestinationStream;
}

/** Keys that never hold anything to log; errors and settings are built without them already. */
const SECRET_KEYS = ['token', 'key', 'password', 'authorization', 'Authorization', 'headers'];

/**
 * Makes the logger of a process: one JSON object a line on stdout, ISO times,
 * level names; lines for people on a terminal. An error is logged with type,
 * message and stack only: other libraries hang requests, with headers, on theirs.
 */
export function createLogger(options: LoggerOptions): Logger {
  const destination =
    options.destination ??
    ((options.pretty ?? process.stdout.isTTY)
      ? pretty({
          ignore: 'pid,hostname,process,version',
          translateTime: 'SYS:HH:MM:ss',
          sync: true,
        })
      : undefined);
  const settings = {
    level: options.level,
    base: { process: options.name, pid: process.pid, version: options.version },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]),
      censor: '***',
    },
    serializers: { err: serializeError },
  };
  return destination ? pino(settings, destination) : pino(settings);
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack };
}
