import { valueKey } from '@xsoar-intel/pipeline';
import { type IocObject, stixIdsOf } from '@xsoar-intel/xsoar';
import type { ValuePusher } from './push.ts';

/** An indicator in XSOAR that a deleted entity left there, found by its STIX id. */
export interface Orphan {
  object: IocObject;
  /** STIX ids of others who stand behind it as well. */
  others: string[];
}

/**
 * What XSOAR shows of an entity whose binding was lost, by value key. Without a STIX
 * id, or a writer that can look for one, nothing.
 */
export async function findOrphans(
  writer: ValuePusher,
  payload: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Orphan>> {
  const { id } = Object(JSON.parse(payload)) as { id?: unknown };
  const found =
    typeof id === 'string' && id !== '' ? ((await writer.findByStixId?.(id, signal)) ?? []) : [];
  return new Map(
    found.map((object) => [
      valueKey(object.indicator_type, object.value),
      { object, others: stixIdsOf(object).filter((other) => other !== id) },
    ]),
  );
}
