import type { Planned, Slots, ValueRecord, Wanted } from '@xsoar-intel/pipeline';

/** A plan, and the keys of all values that it leases or may have leased. */
export interface PlannedValues {
  planned: Planned;
  touched: string[];
}

/** Until two that met at the same moment try again, each with both types from the start; ms. */
const RACE_WAIT_MS = 1000;

/**
 * Plans the values of a push together with the records that hold one of them under another type:
 * they are one indicator of XSOAR, and only who has a lease on all of them may write it.
 * Rejects when Redis refuses. Where it answers `busy`, what is `touched` has to be given back.
 * @param known Something is remembered of the entity. Of a new one they are asked for behind its
 *   plan only: one question for the most frequent push, which seldom finds any.
 */
export async function planValues(
  slots: Pick<Slots, 'kin' | 'plan'>,
  entityId: string,
  token: string,
  wanted: readonly Wanted[],
  dropped: readonly string[],
  known: boolean,
): Promise<PlannedValues> {
  const keys = wanted.map(({ key }) => key);
  const others = [...dropped];
  const done = (planned: Planned): PlannedValues => ({ planned, touched: [...keys, ...others] });
  if (keys.length + others.length === 0) return done({ kind: 'planned', records: [] });
  const takeKin = async (): Promise<number> => {
    const kin = await slots.kin([...keys, ...others]);
    others.push(...kin);
    return kin.length;
  };
  if (known) await takeKin();
  const planned = await slots.plan(entityId, token, wanted, others);
  if (planned.kind !== 'planned' || (known && !planned.records.some(isFirst))) return done(planned);
  // Two types of one value that come at the same moment: whoever plans last sees the other.
  if ((await takeKin()) === 0) return done(planned);
  const again = await slots.plan(entityId, token, wanted, others);
  // The other may be here as well, and gives way too: neither has to wait for the lease to run out.
  if (again.kind === 'busy')
    return done({ ...again, waitMs: Math.min(again.waitMs, RACE_WAIT_MS) });
  return done(again);
}

/** Nothing was ever written of the value, as far as its record knows. */
function isFirst({ xsoarId, outcome, contributions }: ValueRecord): boolean {
  return xsoarId === null && outcome === null && contributions.length > 0;
}
