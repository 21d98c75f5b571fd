import {
  mergeContributions,
  parseContribution,
  targetOfKey,
  type ValueRecord,
  type ValueResult,
  writtenBy,
} from '@xsoar-intel/pipeline';
import type { DesiredIndicator, IndicatorWriter, RemovalTarget } from '@xsoar-intel/xsoar';
import type { Orphan } from './orphans.ts';
import { type RemovalOptions, removalOf, removalTags } from './removal.ts';

/** The part of the XSOAR writer that a push needs. */
export type ValuePusher = Pick<IndicatorWriter, 'upsert' | 'remove'> &
  Partial<Pick<IndicatorWriter, 'findByStixId'>>;

/** How values are pushed. */
export interface PushOptions {
  /** Asks XSOAR even where nothing has changed. */
  force: boolean;
  /** A late request may have changed what XSOAR holds: its index proves nothing. */
  late: boolean;
  /** Indicators of which nothing but XSOAR knows that they are ours, by value key. */
  orphans: ReadonlyMap<string, Orphan>;
  /** What becomes of a value that nobody wants any more; deleted where not set. */
  removal?: RemovalOptions;
  /** ms since 1970. */
  now: number;
  signal: AbortSignal;
}

const DELETE: RemovalOptions = { mode: 'delete', tag: '' };

/** What was done to each value, and whether XSOAR was asked at all. */
export interface Pushed {
  values: ValueResult[];
  actions: string[];
  answered: boolean;
}

const ABSENT = {
  xsoarId: null,
  version: null,
  hash: '',
  outcome: 'absent',
} as const;

/** Shown on XSOAR's side of a delete. */
export const DELETE_REASON = 'Deleted in OpenCTI';

/** Values of one entity that are pushed at a time; the client's pool bounds the requests. */
const AT_A_TIME = 8;

/**
 * Brings each value to what its contributors want together: created, edited,
 * left alone when it is so already, or removed when nobody wants it any more.
 * Rejects with the first failure, once nothing is under way any more; what was
 * done is done again by the retry.
 */
export async function pushValues(
  writer: ValuePusher,
  records: readonly ValueRecord[],
  options: PushOptions,
): Promise<Pushed> {
  const pushed: Pushed = { values: [], actions: [], answered: false };
  // Removals first: a tenant that keeps the ids of clients has the entity's id on
  // the value that goes, and would refuse it for the one that comes.
  const goes = (record: ValueRecord): boolean => record.contributions.length === 0;
  for (const some of [
    ...chunks(records.filter(goes)),
    ...chunks(records.filter((record) => !goes(record))),
  ]) {
    const results = await Promise.allSettled(
      some.map((record) => pushValue(writer, record, options)),
    );
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason;
      const { value, action, answered } = result.value;
      pushed.values.push(value);
      if (action !== null) pushed.actions.push(action);
      pushed.answered ||= answered;
    }
  }
  return pushed;
}

function* chunks(records: readonly ValueRecord[]): Generator<readonly ValueRecord[]> {
  for (let at = 0; at < records.length; at += AT_A_TIME) yield records.slice(at, at + AT_A_TIME);
}

interface PushedValue {
  value: ValueResult;
  action: string | null;
  answered: boolean;
}

async function pushValue(
  writer: ValuePusher,
  record: ValueRecord,
  options: PushOptions,
): Promise<PushedValue> {
  const merged = mergeContributions(record.contributions);
  if (merged === null) return removeValue(writer, record, options);
  const { key, xsoarId, version, outcome } = record;
  const { desired, hash, wishes } = merged;
  if (outcome !== null && record.hash === hash && !options.force) {
    const value: ValueResult = { key, xsoarId, version, hash, outcome };
    return { value, action: 'unchanged', answered: false };
  }
  const upserted = await upsert(writer, record, wishes, desired, hash, options);
  return { ...upserted, answered: true };
}

async function upsert(
  writer: ValuePusher,
  { key, xsoarId, sinceWriteMs, former }: ValueRecord,
  wishes: readonly DesiredIndicator[],
  desired: DesiredIndicator,
  hash: string,
  { late, now, removal = DELETE, signal }: PushOptions,
): Promise<{ value: ValueResult; action: string }> {
  const ours = writtenBy([...former.map(parseContribution), ...wishes]);
  const result = await writer.upsert(
    desired,
    {
      ...(xsoarId === null ? {} : { id: xsoarId }),
      // Without the time, and with a late request about, the writer does not believe the index.
      ...(sinceWriteMs === null || late ? {} : { lastWriteAt: now - sinceWriteMs }),
      ...ours,
      previousTags: [...ours.previousTags, ...removalTags(removal)],
    },
    signal,
  );
  return {
    action: result.outcome,
    value: {
      key,
      hash,
      xsoarId: result.id,
      version: result.version,
      outcome: result.outcome === 'excluded' ? 'excluded' : 'present',
    },
  };
}

async function removeValue(
  writer: ValuePusher,
  record: ValueRecord,
  options: PushOptions,
): Promise<PushedValue> {
  const { orphans, removal = DELETE, signal, now } = options;
  const { key, xsoarId, version } = record;
  const absent: ValueResult = { ...ABSENT, key };
  const orphan = orphans.get(key);
  const target = targetOf(record, orphan, options);
  if (target === null) return { value: absent, action: null, answered: false };
  const last = record.former.at(-1) ?? (orphan === undefined ? null : lastOf(orphan));
  const todo = removalOf({ last }, removal, new Date(now).toISOString());
  if (todo.kind === 'leave') {
    const left: ValueResult = { key, xsoarId, version, hash: '', outcome: 'left' };
    return { value: left, action: 'left', answered: false };
  }
  if (orphan !== undefined && orphan.others.length > 0) {
    await leaveToOthers(writer, orphan, signal);
    return { value: absent, action: 'edited', answered: true };
  }
  if (todo.kind === 'edit') {
    const known = { ...record, xsoarId: target.id ?? null };
    const { value } = await upsert(writer, known, [], todo.desired, '', options);
    return { value: { ...value, outcome: 'left' }, action: todo.action, answered: true };
  }
  const { outcome } = await writer.remove(target, DELETE_REASON, signal);
  return { value: absent, action: outcome, answered: true };
}

/** As much of what was wanted as XSOAR tells: enough to edit it. */
function lastOf({ object }: Orphan): string {
  const { value, indicator_type, score } = object;
  const known = { value, indicator_type, score: typeof score === 'number' ? score : 0 };
  return JSON.stringify({ ...known, CustomFields: {} });
}

/** Nobody here knows what the others want of it: only our STIX id goes. */
async function leaveToOthers(
  writer: ValuePusher,
  { object, others }: Orphan,
  signal: AbortSignal,
): Promise<void> {
  const { id, value, indicator_type, score } = object;
  const CustomFields = { stixid: others.join(', ') };
  const desired = { value, indicator_type, CustomFields };
  await writer.upsert({ ...desired, score: typeof score === 'number' ? score : 0 }, { id }, signal);
}

/** What is to be removed; null when nobody can tell. */
function targetOf(
  record: ValueRecord,
  orphan: Orphan | undefined,
  { late, now }: PushOptions,
): RemovalTarget | null {
  if (orphan !== undefined) {
    const { id, value, indicator_type: type } = orphan.object;
    return { id, value, type };
  }
  const [former] = record.former;
  const { xsoarId, sinceWriteMs } = record;
  // With a late request about it is removed once more anyway, after the window (law L5).
  const lately = sinceWriteMs === null || late ? {} : { lastWriteAt: now - sinceWriteMs };
  const id = xsoarId === null ? {} : { id: xsoarId, ...lately };
  if (former === undefined) {
    const known = targetOfKey(record.key);
    return known && { ...known, ...id };
  }
  const { value, indicator_type: type } = parseContribution(former);
  return { value, type, ...id };
}
