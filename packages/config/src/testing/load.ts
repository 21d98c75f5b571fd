import { loadConfig } from '../load/load-config.ts';
import type { Role } from '../role.ts';

/** The clock of the tests. */
export const NOW = Date.parse('2026-08-20T12:00:00Z');
/** A connector's id. */
export const UUID = '0f5c2d6e-3f0b-4c59-9b40-6f3a3f4de2a1';

/** What an ingest cannot do without. */
export const INGEST = {
  OPENCTI_URL: 'https://opencti.example',
  OPENCTI_TOKEN: 'opencti-s3cret',
  CONNECTOR_ID: UUID,
  CONNECTOR_LIVE_STREAM_ID: 'stream-1',
};
/** What a worker cannot do without, and a key id. */
export const WORKER = {
  CONNECTOR_ID: UUID,
  XSOAR_URL: 'https://api-xsoar.example',
  XSOAR_KEY_ID: '12',
  XSOAR_KEY: 'xsoar-s3cret',
};

/** Files by absolute path; the working directory is /app. */
export type Files = Record<string, string>;

/** Loads from an environment and files in memory. */
export function load<R extends Role>(
  role: R | readonly R[],
  env: Record<string, string>,
  files: Files = {},
  configFile?: string,
) {
  return loadConfig(role, {
    env,
    cwd: '/app',
    now: NOW,
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('not there'), { code: 'ENOENT' });
      return text;
    },
    ...(configFile === undefined ? {} : { configFile }),
  });
}

/** Loads what has to be right; throws its problems otherwise. */
export function works<R extends Role>(
  role: R,
  env: Record<string, string>,
  files: Files = {},
  configFile?: string,
) {
  const loaded = load(role, env, files, configFile);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded;
}

/** Loads what has to be wrong, and tells why. */
export function problemsOf(
  role: Role | readonly Role[],
  env: Record<string, string>,
  files: Files = {},
  configFile?: string,
) {
  const loaded = load(role, env, files, configFile);
  if (loaded.ok) throw new Error('the configuration was taken');
  return loaded.problems.map(({ message }) => message);
}
