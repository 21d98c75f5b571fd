/** Everything that is known of one indicator, from one end to the other. */
import { entityIdOf, type StixObject } from '@xsoar-intel/opencti';
import {
  createLookups,
  type DeliveryFailure,
  isListed,
  lookAt,
  readBinding,
  readOwnedRecords,
  readStanding,
  type Standing,
  subjectsOf,
  type ValueLook,
  valueKey,
} from '@xsoar-intel/pipeline';
import type { IocObject } from '@xsoar-intel/xsoar';
import type { ConfiguredParts } from '../../reconciliation/parts.ts';

/** An object of XSOAR. */
export interface HeldObject {
  id: string;
  version: number;
  value: string;
  type: string;
}

/** What was found. */
export interface AuditFacts {
  /** As it was asked for. */
  asked: string;
  entityId: string;
  stixId: string | null;
  name: string | null;
  /** OpenCTI has it, and this user may see it. */
  inOpencti: boolean;
  /** The stream has it; null where it was not asked, or did not say. */
  inStream: boolean | null;
  standing: Standing['state'];
  /** Version that is known of it, delivered or not. */
  version: string | null;
  job: { id: string; state: string } | null;
  failure: DeliveryFailure | null;
  /** Version and values that were applied last; null where nothing is remembered. */
  binding: { version: string | null; values: string[] } | null;
  /** Why the mapping or a filter leaves it out; null where it does not. */
  leftOut: string | null;
  values: {
    value: string;
    type: string;
    verdict: ValueLook['verdict']['kind'];
    fields: string[];
    object: HeldObject | null;
  }[];
  /** Objects of ours in XSOAR that name it, and that it does not want. */
  unwanted: HeldObject[];
  /** Such objects that stay there on purpose, by XSOAR_DELETE_MODE or since deletes are not followed. */
  kept: HeldObject[];
}

/** The stream is asked for at most so long, in ms: two of its heartbeats and more. */
const STREAM_PATIENCE_MS = 20_000;

/** Asks both ends and Redis. */
export async function auditFacts(parts: ConfiguredParts, asked: string): Promise<AuditFacts> {
  const { redis, keys, queue, opencti, xsoar, source } = parts;
  const object = await opencti.stixObject(asked);
  const entityId = (object && entityIdOf(object)) ?? asked;
  const standing = (await readStanding(redis, keys, [entityId])).get(entityId);
  const binding = await readBinding(redis, keys, entityId);
  const jobId =
    (await redis.hget(keys.slot(entityId), 'fj')) ?? (await queue.getDeduplicationJobId(entityId));
  const job = jobId === null ? undefined : await queue.getJob(jobId);

  const inStream = object === null ? null : await isInStream(parts, object);
  const lookups = createLookups(xsoar);
  const subjects = object === null || inStream === false ? [] : await subjectsOf(parts, [object]);
  const looks = (await lookAt(parts, lookups, subjects, true)).get(entityId) ?? [];
  const wanted = new Set(looks.map(({ key }) => key));
  const stixId = object?.id ?? (asked.startsWith('indicator--') ? asked : null);
  const named = stixId === null ? [] : await lookups.byStixId(stixId);
  const unwanted = named.filter(
    (one) => one.source === source && !wanted.has(valueKey(one.indicator_type, one.value)),
  );
  const keptOnes = await keptOf(parts, unwanted, object === null || inStream === false);

  return {
    ...{ asked, entityId, stixId, name: nameOf(object), inOpencti: object !== null, inStream },
    standing: standing?.state ?? 'settled',
    version: standing?.version?.text ?? null,
    job: job?.id === undefined ? null : { id: job.id, state: await job.getState() },
    failure: job?.data.lastError ?? null,
    binding: binding && { version: binding.version, values: binding.values },
    leftOut: subjects[0]?.skip ?? null,
    values: looks.map(({ desired, verdict, object: held }) => ({
      value: desired.value,
      type: desired.indicator_type,
      verdict: verdict.kind,
      fields: 'fields' in verdict ? verdict.fields : [],
      object: held && heldOf(held),
    })),
    unwanted: unwanted.filter((one) => !keptOnes.has(one)).map(heldOf),
    kept: unwanted.filter((one) => keptOnes.has(one)).map(heldOf),
  };
}

async function isInStream(
  { stream, opencti }: ConfiguredParts,
  object: StixObject,
): Promise<boolean | null> {
  const listed = await isListed(stream, object, AbortSignal.timeout(STREAM_PATIENCE_MS));
  if (listed !== false) return listed;
  // What changes meanwhile moves to another place of the stream.
  const again = await opencti.stixObject(object.id);
  return JSON.stringify(again) === JSON.stringify(object) ? false : null;
}

/** Which objects stay in XSOAR on purpose, though nobody wants them. */
async function keptOf(
  { redis, keys, removes, followsDeletes }: ConfiguredParts,
  unwanted: readonly IocObject[],
  isGone: boolean,
): Promise<Set<IocObject>> {
  if (isGone && !followsDeletes) return new Set(unwanted);
  const keyOf = ({ indicator_type, value }: IocObject): string => valueKey(indicator_type, value);
  const records = await readOwnedRecords(redis, keys, unwanted.map(keyOf));
  const isKept = (one: IocObject): boolean => {
    const record = records.get(keyOf(one));
    // Without a record nobody can tell what a removal left in XSOAR on purpose.
    return record === undefined ? !removes : record.left;
  };
  return new Set(unwanted.filter(isKept));
}

function heldOf(object: {
  id: string;
  version: number;
  value: string;
  indicator_type: string;
}): HeldObject {
  const { id, version, value, indicator_type: type } = object;
  return { id, version, value, type };
}

function nameOf(object: StixObject | null): string | null {
  return typeof object?.name === 'string' ? object.name : null;
}
