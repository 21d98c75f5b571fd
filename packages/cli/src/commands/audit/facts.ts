/** Everything that is known of one indicator, from one end to the other. */
import { entityIdOf, type StixObject } from '@xsoar-intel/opencti';
import {
  createLookups,
  type DeliveryFailure,
  lookAt,
  readBinding,
  readStanding,
  type Standing,
  subjectsOf,
  type ValueLook,
  valueKey,
} from '@xsoar-intel/pipeline';
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
}

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

  const lookups = createLookups(xsoar);
  const subjects = object === null ? [] : await subjectsOf(parts, [object]);
  const looks = (await lookAt(parts, lookups, subjects, true)).get(entityId) ?? [];
  const wanted = new Set(looks.map(({ key }) => key));
  const stixId = object?.id ?? (asked.startsWith('indicator--') ? asked : null);
  const named = stixId === null ? [] : await lookups.byStixId(stixId);

  return {
    ...{ asked, entityId, stixId, name: nameOf(object), inOpencti: object !== null },
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
    unwanted: named
      .filter(
        (one) => one.source === source && !wanted.has(valueKey(one.indicator_type, one.value)),
      )
      .map(heldOf),
  };
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
