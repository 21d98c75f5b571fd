import type { Expects } from '../opencti/operation.ts';
import {
  entityIdOf,
  mitreExtensionId,
  openctiExtensionId,
  type StixObject,
} from '../stix/object.ts';
import { uuidV5 } from '../stix/uuid.ts';

/** One generated indicator: everything that its STIX object is made of. */
export interface Entity {
  entityId: string;
  pattern: string;
  /** Follows from the pattern. */
  stixId: string;
  patternType: string;
  name: string;
  /** OpenCTI's main observable type, e.g. `IPv4-Addr`. */
  mainType: string;
  observed: readonly Record<string, unknown>[];
  expects: Expects;
  /** 0 to 100; null when the object has none. */
  score: number | null;
  confidence: number;
  labels: readonly string[];
  markings: readonly string[];
  author: StixObject | null;
  description: string | null;
  revoked: boolean;
  detection: boolean;
  phases: readonly string[];
  reference: string | null;
  created: string;
  updatedMs: number;
  validUntil: string | null;
}

const labelNamespace = '0f3b4e0f-9d35-4b1a-8d4e-8c63ea279b3e';
const labelIds = new Map<string, string>();

function labelId(label: string): string {
  const known = labelIds.get(label);
  if (known) return known;
  const id = uuidV5(labelNamespace, label);
  labelIds.set(label, id);
  return id;
}

let lastMs = Number.NaN;
let lastIso = '';

/** An ISO date with ms; at full speed hundreds of objects have the same time. */
export function isoDate(ms: number): string {
  if (ms !== lastMs) {
    lastMs = ms;
    lastIso = new Date(ms).toISOString();
  }
  return lastIso;
}

/**
 * The STIX object as OpenCTI sends it: empty values left out, `false` and 0 kept. Built
 * by assignments and not by spreads: this runs for every event, and spreads cost more
 * than all the rest.
 */
export function indicatorObject(entity: Entity): StixObject {
  const { author, labels, markings, phases, reference, created } = entity;
  const updated = isoDate(entity.updatedMs);
  const extension: Record<string, unknown> = {
    extension_type: 'property-extension',
    id: entity.entityId,
    type: 'Indicator',
    created_at: created,
    updated_at: updated,
    is_inferred: false,
    creator_ids: ['7b7c3f6a-2c1d-4a70-8a4c-5d0c9e4b7a10'],
    detection: entity.detection,
    main_observable_type: entity.mainType,
  };
  if (labels.length > 0) extension.labels_ids = labels.map(labelId);
  if (author) extension.created_by_ref_id = entityIdOf(author);
  if (entity.score !== null) extension.score = entity.score;
  if (entity.observed.length > 0) extension.observable_values = entity.observed;
  const object: StixObject = {
    id: entity.stixId,
    spec_version: '2.1',
    type: 'indicator',
    extensions: {
      [openctiExtensionId]: extension,
      [mitreExtensionId]: { extension_type: 'property-extension' },
    },
    created,
    modified: updated,
    revoked: entity.revoked,
    confidence: entity.confidence,
    lang: 'en',
    name: entity.name,
    indicator_types: ['malicious-activity'],
    pattern: entity.pattern,
    pattern_type: entity.patternType,
    valid_from: created,
  };
  // The lists are never changed in place, so versions may share them.
  if (labels.length > 0) object.labels = labels;
  if (markings.length > 0) object.object_marking_refs = markings;
  if (author) object.created_by_ref = author.id;
  if (entity.description !== null) object.description = entity.description;
  if (entity.validUntil !== null) object.valid_until = entity.validUntil;
  if (reference !== null)
    object.external_references = [
      {
        source_name: 'Northwind advisory',
        description: reference,
        url: `https://advisories.example.test/${reference}`,
        external_id: reference,
      },
    ];
  if (phases.length > 0)
    object.kill_chain_phases = phases.map((phase) => ({
      kill_chain_name: 'mitre-attack',
      phase_name: phase,
    }));
  return object;
}
