import type { ExpectedValue } from '../opencti/operation.ts';
import { objectOf, type Row } from '../opencti/table.ts';
import { stricterTlp, type Tlp, tlpOfMarking } from '../stix/markings.ts';
import { extensionOf, type StixObject, stringsOf } from '../stix/object.ts';

/**
 * What XSOAR must hold in the end because one OpenCTI indicator exists. Computed here
 * and by nobody else: neither the parser nor the mapping of the connector under test
 * has a part in it.
 */
export interface Expectation {
  /** OpenCTI's internal id. */
  entityId: string;
  stixId: string;
  /**
   * `generated`: `values` are known for certain, whoever made the pattern noted them.
   * `derived`: only the pattern's text is known; see `compare`.
   */
  basis: 'generated' | 'derived';
  /** Empty for `derived`, and when nothing may arrive. */
  values: ExpectedValue[];
  pattern: string;
  patternType: string;
  /** XSOAR's verdict, 0 to 3. */
  score: number;
  /** The most restrictive TLP level; null when there is none. */
  tlp: Tlp | null;
  tags: string[];
  description: string | null;
  revoked: boolean;
  updatedAt: string;
  /** False: no XSOAR indicator may come of it, for `reason`. */
  mappable: boolean;
  reason?: string;
  /** True: absent is right too. */
  optional?: boolean;
}

/**
 * XSOAR's verdict for an OpenCTI score, by the thresholds of the Python connector
 * (its source: above 60 bad, above 30 suspicious, above 0 good, else unknown).
 */
export function verdictOf(score: unknown): number {
  if (typeof score !== 'number') return 0;
  if (score > 60) return 3;
  if (score > 30) return 2;
  return score > 0 ? 1 : 0;
}

/** The most restrictive TLP level among marking ids of either generation. */
export function tlpOf(markings: readonly string[]): Tlp | null {
  return markings.map(tlpOfMarking).reduce(stricterTlp, null);
}

/** What must come of one indicator object. */
export function expectationOf(
  object: StixObject,
  entityId: string,
  expects?: Row['expects'],
): Expectation {
  const extension = extensionOf(object);
  const text = (key: string): string => (typeof object[key] === 'string' ? object[key] : '');
  const patternType = text('pattern_type');
  const stix = patternType.toLowerCase() === 'stix';
  const mappable = expects ? expects.mappable : stix;
  const reason = expects ? expects.reason : stix ? undefined : `pattern type ${patternType}`;
  const updatedAt = extension?.updated_at ?? object.modified;
  return {
    entityId,
    stixId: object.id,
    basis: expects ? 'generated' : 'derived',
    values: expects?.values ?? [],
    pattern: text('pattern'),
    patternType,
    score: verdictOf(extension?.score),
    tlp: tlpOf(stringsOf(object.object_marking_refs)),
    tags: stringsOf(object.labels),
    description: text('description') || null,
    revoked: object.revoked === true,
    updatedAt: typeof updatedAt === 'string' ? updatedAt : '',
    mappable,
    ...(reason === undefined ? {} : { reason }),
    ...(expects?.optional ? { optional: true } : {}),
  };
}

/** One expectation for each indicator among the rows that passes `visible`. */
export function* expectationsOf(
  rows: Iterable<Row>,
  visible: (row: Row) => boolean,
): Generator<Expectation> {
  for (const row of rows) {
    if (row.stixType !== 'indicator' || row.inferred || !visible(row)) continue;
    yield expectationOf(objectOf(row), row.entityId, row.expects);
  }
}
