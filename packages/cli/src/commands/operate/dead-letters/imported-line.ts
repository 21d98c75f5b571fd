import { parseEventId } from '@xsoar-intel/opencti';
import type { Put } from '@xsoar-intel/pipeline';

/** What a line of an export says: a state to deliver, nothing to deliver, or what is wrong with it. */
export type ImportedLine =
  | { kind: 'state'; state: Put }
  | { kind: 'noState' }
  | { kind: 'bad'; problem: string };

/** Longest id of an entity; OpenCTI's have 36 characters. */
const MAX_ID = 256;

const bad = (problem: string): ImportedLine => ({ kind: 'bad', problem });

/** Reads a line of an export. The file was in other hands: nothing of its shape is taken for granted. */
export function readLine(text: string): ImportedLine {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return bad('it is no JSON');
  }
  if (field(line, 'kind') !== 'dead-letter') return bad('it is no dead letter of an export');
  const entityId = field(line, 'entityId');
  if (typeof entityId !== 'string' || entityId.length > MAX_ID || !/^[\w.:-]+$/.test(entityId)) {
    return bad('its entityId is no id');
  }
  const state = field(line, 'state');
  if (state === null) return { kind: 'noState' };
  const [versionText, operation, payload] = ['version', 'operation', 'payload'].map((name) =>
    field(state, name),
  );
  const version = typeof versionText === 'string' ? parseEventId(versionText) : null;
  if (version === null) return bad('its state has no version');
  if (operation !== 'upsert' && operation !== 'delete') return bad('its state has no operation');
  if (typeof payload !== 'string' || (operation === 'upsert' && !isObject(payload))) {
    return bad('its state has no STIX object');
  }
  return { kind: 'state', state: { entityId, version, operation, payload } };
}

function field(of: unknown, name: string): unknown {
  if (typeof of !== 'object' || of === null || !Object.hasOwn(of, name)) return undefined;
  return Reflect.get(of, name);
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
