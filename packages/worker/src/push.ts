import {
  mergeContributions,
  parseContribution,
  targetOfKey,
  untypedKey,
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
 * Records of one value under several types are one indicator of XSOAR: they are
 * merged, and it is removed when nobody wants it under any of them.
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
  const groups = [...Map.groupBy(records, ({ key }) => untypedKey(key)).values()];
  const goes = (group: readonly ValueRecord[]): boolean => !group.some(isWanted);
  for (const some of [
    ...chunks(
      groups
        .filter(goes)
        .flat()
        .map((record) => [record]),
    ),
    ...chunks(groups.filter((group) => !goes(group))),
  ]) {
    const results = await Promise.allSettled(
      some.map((group) => pushValue(writer, group, options)),
    );
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason;
      const { values, action, answered } = result.value;
      pushed.values.push(...values);
      if (action !== null) pushed.actions.push(action);
      pushed.answered ||= answered;
    }
  }
  return pushed;
}

function* chunks(groups: readonly ValueRecord[][]): Generator<readonly ValueRecord[][]> {
  for (let at = 0; at < groups.length; at += AT_A_TIME) yield groups.slice(at, at + AT_A_TIME);
}

function isWanted({ contributions }: ValueRecord): boolean {
  return contributions.length > 0;
}

interface PushedValues {
  values: ValueResult[];
  action: string | null;
  answered: boolean;
}

/** Pushes a value, given by its records: one for each type. */
async function pushValue(
  writer: ValuePusher,
  group: readonly ValueRecord[],
  options: PushOptions,
): Promise<PushedValues> {
  const record = asOne(group);
  const merged = mergeContributions(record.contributions);
  if (merged === null) return removeValue(writer, record, options);
  const { xsoarId, version, outcome } = record;
  const { desired, hash, wishes } = merged;
  const resultsOf = (result: Omit<ValueResult, 'key'>): ValueResult[] =>
    group.map((one) => ({ ...(isWanted(one) ? result : ABSENT), key: one.key }));
  if (outcome !== null && record.hash === hash && !options.force) {
    const values = resultsOf({ xsoarId, version, hash, outcome });
    return { values, action: 'unchanged', answered: false };
  }
  const { value, action } = await upsert(writer, record, wishes, desired, hash, options);
  return { values: resultsOf(value), action, answered: true };
}

/** What is known of a value, from its records of several types: as settled only where all agree. */
function asOne(group: readonly ValueRecord[]): ValueRecord {
  const [first] = group.toSorted((a, b) => Number(b.xsoarId !== null) - Number(a.xsoarId !== null));
  if (first === undefined) throw new RangeError('a value without a record');
  if (group.length === 1) return first;
  const agreed = group.every((one) => one.hash === first.hash && one.outcome === first.outcome);
  const ages = group.map(({ sinceWriteMs }) => sinceWriteMs);
  return {
    ...first,
    hash: agreed ? first.hash : null,
    sinceWriteMs: ages.some((age) => age === null) ? null : Math.min(...ages.map(Number)),
    contributions: group.flatMap(({ contributions }) => contributions),
    former: group.flatMap(({ former }) => former),
  };
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
): Promise<PushedValues> {
  const { orphans, removal = DELETE, signal, now } = options;
  const { key, xsoarId, version } = record;
  const absent: ValueResult = { ...ABSENT, key };
  const orphan = orphans.get(key);
  const target = targetOf(record, orphan, options);
  if (target === null) return { values: [absent], action: null, answered: false };
  const last = record.former.at(-1) ?? (orphan === undefined ? null : lastOf(orphan));
  const todo = removalOf({ last }, removal, new Date(now).toISOString());
  if (todo.kind === 'leave') {
    const left: ValueResult = { key, xsoarId, version, hash: '', outcome: 'left' };
    return { values: [left], action: 'left', answered: false };
  }
  if (orphan !== undefined && orphan.others.length > 0) {
    await leaveToOthers(writer, orphan, signal);
    return { values: [absent], action: 'edited', answered: true };
  }
  if (todo.kind === 'edit') {
    const known = { ...record, xsoarId: target.id ?? null };
    const { value } = await upsert(writer, known, [], todo.desired, '', options);
    return { values: [{ ...value, outcome: 'left' }], action: todo.action, answered: true };
  }
  const { outcome } = await writer.remove(target, DELETE_REASON, signal);
  return { values: [absent], action: outcome, answered: true };
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
