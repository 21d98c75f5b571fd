import { type Ioc, stixIdsOf, tagsOf } from './xsoar/ioc.ts';

/** One object of XSOAR as `/sim/dump` gives it. */
export interface DumpedObject {
  id: string;
  version: number;
  value: string;
  type: string;
  score: number;
  tags: string[];
  stixIds: string[];
  CustomFields: Record<string, unknown>;
}

/** The parts of a stored object that a comparison needs. */
export function dumped(ioc: Ioc): DumpedObject {
  return {
    id: ioc.id,
    version: ioc.version,
    value: ioc.value,
    type: ioc.indicator_type,
    score: ioc.score,
    tags: tagsOf(ioc),
    stixIds: stixIdsOf(ioc),
    CustomFields: ioc.CustomFields,
  };
}
