import { isRecord } from '../http/body.ts';

/** An indicator object as XSOAR stores and returns it; unknown keys are kept. */
export interface Ioc {
  id: string;
  version: number;
  value: string;
  indicator_type: string;
  score: number;
  CustomFields: Record<string, unknown>;
  [key: string]: unknown;
}

/** What only the server sets; a client's words for them are not listened to. */
const serverKeys: ReadonlySet<string> = new Set([
  'id',
  'version',
  'sequenceNumber',
  'primaryTerm',
  'created',
  'modified',
  'value',
  'account',
  'sortValues',
  'lastSeenEntryID',
  'firstSeenEntryID',
  'setBy',
  'manualSetTime',
  'calculatedTime',
]);

const never = '0001-01-01T00:00:00Z';

/** The keys of a client's object that are its own to set. */
function clientFields(given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !serverKeys.has(key)));
}

function customFields(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

const score = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Facts that the server adds to what it stores. */
export interface Stamp {
  id: string;
  sequence: number;
  at: string;
  account: string;
  setBy: string;
}

/** A new object, version 1. */
export function newIoc(given: Record<string, unknown>, stamp: Stamp): Ioc {
  return {
    investigationIDs: [],
    lastSeen: never,
    firstSeen: never,
    source: '',
    comment: '',
    manualScore: false,
    insightCache: null,
    lastReputationRun: never,
    manuallyEditedFields: null,
    expirationStatus: 'active',
    sourceBrands: [],
    sourceInstances: [],
    timestamp: stamp.at,
    ...clientFields(given),
    id: stamp.id,
    version: 1,
    sequenceNumber: stamp.sequence,
    primaryTerm: 1,
    created: stamp.at,
    modified: stamp.at,
    account: stamp.account,
    value: String(given.value),
    indicator_type: typeof given.indicator_type === 'string' ? given.indicator_type : '',
    score: score(given.score),
    CustomFields: customFields(given.CustomFields),
    lastSeenEntryID: 'API',
    firstSeenEntryID: 'API',
    setBy: stamp.setBy,
    manualSetTime: stamp.at,
    calculatedTime: stamp.at,
    sortValues: [String(stamp.sequence)],
  };
}

/** How an edit treats what the client left out. */
export type EditMode = 'merge' | 'wipe';

/**
 * The next version after a client's edit. `merge` keeps what is left out, CustomFields
 * key by key; `wipe` keeps only what the server manages. The value never changes,
 * unless `newValue` says so.
 */
export function editedIoc(
  stored: Ioc,
  given: Record<string, unknown>,
  mode: EditMode,
  at: string,
  newValue?: string,
): Ioc {
  const fields = clientFields(given);
  const kept =
    mode === 'merge' ? stored : { ...newIoc({}, stampOf(stored)), created: stored.created };
  const custom =
    mode === 'merge'
      ? { ...stored.CustomFields, ...customFields(given.CustomFields) }
      : customFields(given.CustomFields);
  const type = given.indicator_type;
  return {
    ...kept,
    ...fields,
    id: stored.id,
    value: newValue ?? stored.value,
    indicator_type: typeof type === 'string' ? type : stored.indicator_type,
    score: given.score === undefined ? score(kept.score) : score(given.score),
    CustomFields: custom,
    version: stored.version + 1,
    modified: at,
  };
}

function stampOf(stored: Ioc): Stamp {
  return {
    id: stored.id,
    sequence: score(stored.sequenceNumber),
    at: String(stored.created),
    account: String(stored.account),
    setBy: String(stored.setBy),
  };
}

/** The tags of an object, wherever a client put them right: `CustomFields.tags`. */
export function tagsOf(ioc: Ioc): string[] {
  const { tags } = ioc.CustomFields;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

/** All STIX ids that `CustomFields.stixid` names, whether as text, as list, or several in one text. */
export function stixIdsOf(ioc: Ioc): string[] {
  const { stixid } = ioc.CustomFields;
  const texts = Array.isArray(stixid) ? stixid : [stixid];
  return texts
    .filter((text) => typeof text === 'string')
    .flatMap((text) => text.split(/[\s,;|]+/))
    .filter((text) => text !== '');
}
