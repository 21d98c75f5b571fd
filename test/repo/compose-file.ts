import { parse } from 'yaml';
import { read } from './files.ts';

/** What docker-compose.yml says of a service; a variable that is null is passed on if it is set. */
export interface WrittenService {
  command?: string[];
  environment?: Record<string, string | null>;
  profiles?: string[];
  stop_grace_period?: string;
  healthcheck?: { disable?: boolean };
  networks?: string[];
  [key: string]: unknown;
}

/** What a container would be started with. */
export interface RenderedService {
  readonly command: string[];
  readonly environment: Record<string, string>;
}

/** The services as written, anchors and merges resolved. */
export function writtenServices(): Record<string, WrittenService> {
  const file = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, WrittenService>;
  };
  return file.services;
}

/** `${NAME}`, or with an operator and a word in which no other is left. */
const EXPRESSION = /\$\{([A-Z_]+)(?::([-?+])([^${}]*))?\}/g;

/**
 * Puts values into `${NAME}`, `${NAME:-default}`, `${NAME:+where set}` and `${NAME:?message}`, as
 * compose does, from the inside out. Throws where a value is asked for and missing.
 */
export function interpolate(text: string, values: ReadonlyMap<string, string>): string {
  const next = text.replace(EXPRESSION, (_, name, kind, rest = '') => {
    const value = values.get(name);
    if (kind === '+') return value ? rest : '';
    if (value) return value;
    if (kind === '?') throw new Error(`${name} is not set: ${rest}`);
    return rest;
  });
  return next === text ? text : interpolate(next, values);
}

/** What compose would start a service with, given the values of an env file. */
export function renderService(
  { command = [], environment = {} }: WrittenService,
  values: ReadonlyMap<string, string>,
): RenderedService {
  const rendered: Record<string, string> = {};
  for (const [name, text] of Object.entries(environment)) {
    const value = text === null ? values.get(name) : interpolate(String(text), values);
    if (value !== undefined) rendered[name] = value;
  }
  return {
    command: command.map((word) => interpolate(String(word), values)),
    environment: rendered,
  };
}
