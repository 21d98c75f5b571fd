import { listLimits } from './bounded-text.ts';

/** The levels of the Traffic Light Protocol 2.0, from the most open to the most restricted. */
export const TLP_LEVELS = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const;
/** One of {@link TLP_LEVELS}. */
export type TlpLevel = (typeof TLP_LEVELS)[number];

/**
 * The marking definitions that stand for a level: the STIX 2.1 ids of TLP 1, which OpenCTI keeps for
 * TLP 2 as well; OpenCTI's own id of AMBER+STRICT; and the ids of the OASIS extension for TLP 2.
 */
export const TLP_MARKINGS: readonly { id: string; level: TlpLevel; origin: string }[] = [
  marking('613f2e26-407d-48c7-9eca-b8e91df99dc9', 'CLEAR', 'STIX 2.1 (TLP:WHITE) and OpenCTI'),
  marking('34098fce-860f-48ae-8e50-ebd3cc5e41da', 'GREEN', 'STIX 2.1 and OpenCTI'),
  marking('f88d31f6-486f-44da-b317-01333bde0b82', 'AMBER', 'STIX 2.1 and OpenCTI'),
  marking('826578e1-40ad-459f-bc73-ede076f81f37', 'AMBER+STRICT', 'OpenCTI'),
  marking('5e57c739-391a-4eb3-b6be-7d15ca92d5ed', 'RED', 'STIX 2.1 and OpenCTI'),
  marking('94868c89-83c2-464b-929b-a1a8aa3c8487', 'CLEAR', 'OASIS TLP 2.0'),
  marking('bab4a63c-aed9-4cf5-a766-dfca5abac2bb', 'GREEN', 'OASIS TLP 2.0'),
  marking('55d920b0-5e8b-4f79-9ee9-91f868d9b421', 'AMBER', 'OASIS TLP 2.0'),
  marking('939a9414-2ddd-4d32-a0cd-375ea402b003', 'AMBER+STRICT', 'OASIS TLP 2.0'),
  marking('e828b379-4e03-4974-9ac4-e53a884c97c1', 'RED', 'OASIS TLP 2.0'),
];

function marking(uuid: string, level: TlpLevel, origin: string) {
  return { id: `marking-definition--${uuid}`, level, origin };
}

const levelByMarking = new Map(TLP_MARKINGS.map(({ id, level }) => [id, level]));

/**
 * The most restrictive level among an indicator's markings (untrusted `object_marking_refs`), or
 * null without any. Markings of other kinds (PAP, statements) stand between them and do not count.
 */
export function tlpOf(markingRefs: unknown): TlpLevel | null {
  if (!Array.isArray(markingRefs)) return null;
  let highest = -1;
  const count = Math.min(markingRefs.length, listLimits.markings);
  for (let at = 0; at < count; at += 1) {
    const ref: unknown = markingRefs[at];
    const level = typeof ref === 'string' ? levelByMarking.get(ref) : undefined;
    if (level !== undefined) highest = Math.max(highest, tlpRank(level));
  }
  return TLP_LEVELS[highest] ?? null;
}

/** How restricted a level is, from 0; WHITE, the name of TLP 1, is CLEAR; -1 for no level. */
export function tlpRank(level: string): number {
  return level === 'WHITE' ? 0 : (TLP_LEVELS as readonly string[]).indexOf(level);
}

/**
 * `xsoar`: in the words of XSOAR's select field, which knows RED, AMBER, GREEN and WHITE. `keep`: the
 * names of TLP 2.0, as the Python connector sent them; filters and playbooks that compare with WHITE
 * then miss CLEAR.
 */
export type TlpSpelling = 'xsoar' | 'keep';

/** The tag that keeps what XSOAR's AMBER cannot say. */
export const strictTag = 'tlp:amber+strict';

/** What a level becomes in XSOAR: the field's value, and a tag where the value says too little. */
export function xsoarTlp(level: TlpLevel, spelling: TlpSpelling): { field: string; tag?: string } {
  if (spelling === 'keep') return { field: level };
  if (level === 'CLEAR') return { field: 'WHITE' };
  return level === 'AMBER+STRICT' ? { field: 'AMBER', tag: strictTag } : { field: level };
}
