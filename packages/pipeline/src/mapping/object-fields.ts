import type { StixObject } from '@xsoar-intel/opencti';
import { cutText, textLimits, textOf } from './bounded-text.ts';
import { addNote } from './collect/collection.ts';
import { isCustomFieldName } from './custom-fields.ts';
import { expiryOf } from './expiry.ts';
import { rfc3339 } from './instant.ts';
import { killChainPhases } from './kill-chain.ts';
import { openctiAttributes, scoreOf, stixIdOf } from './opencti-object.ts';
import { type Publication, publicationsOf } from './publications.ts';
import { reliabilityOf } from './reliability.ts';
import { defaultScoreThresholds, percentOf, xsoarScore } from './score.ts';
import { tagsOf } from './tags.ts';
import { tlpOf, xsoarTlp } from './tlp.ts';
import type { MappingNote, MappingOptions } from './types.ts';

/** What all XSOAR indicators of one OpenCTI indicator share. */
export interface ObjectFields {
  score: number;
  expiration: string | null;
  timestamp: string | null;
  firstSeen: string | null;
  comment: string | undefined;
  custom: Record<string, unknown>;
}

/** Reads them from an untrusted object. What cannot be used is left out and noted; nothing throws. */
export function objectFields(
  object: StixObject,
  options: MappingOptions,
  notes: MappingNote[],
): ObjectFields {
  const attributes = openctiAttributes(object);
  const created = rfc3339(object.created) ?? rfc3339(attributes.created_at);
  const validFrom = rfc3339(object.valid_from);
  const description = descriptionOf(object.description, notes);
  const score = scoreOf(object, attributes);
  const confidence = percentOf(object.confidence) ?? percentOf(options.defaultConfidence);
  const modified = rfc3339(object.modified) ?? rfc3339(attributes.updated_at);
  const custom = tagsAndTlp(object, options, notes);
  const authors = authorsOf(object.created_by_ref, options.authorName);
  if (authors !== null) custom.reportedby = authors;
  const stixId = stixIdOf(object);
  if (stixId !== undefined) custom.stixid = stixId;
  if (description !== undefined) custom.description = description;
  if (confidence !== null) custom.confidence = String(confidence);
  if (score !== null) custom.sourceoriginalseverity = String(score);
  const firstSeen = validFrom ?? created;
  if (firstSeen !== null) custom.firstseenbysource = firstSeen;
  if (modified !== null) custom.lastseenbysource = modified;
  addPhases(object.kill_chain_phases, custom, notes);
  addPublications(object, attributes.id, modified, options, custom, notes);
  const ownField = options.reliabilityField;
  if (ownField !== undefined && isCustomFieldName(ownField)) {
    custom[ownField] = reliabilityOf(confidence);
  }
  return {
    score: xsoarScore(score, options.scoreThresholds ?? defaultScoreThresholds),
    expiration: expiryOf(object, attributes.updated_at, options.expireRevoked ?? true),
    timestamp: created,
    firstSeen: validFrom,
    comment: options.descriptionAsComment === true ? description : undefined,
    custom,
  };
}

function tagsAndTlp(
  object: StixObject,
  options: MappingOptions,
  notes: MappingNote[],
): Record<string, unknown> {
  const { tags, dropped, cut } = tagsOf(object.labels);
  if (dropped > 0)
    addNote(notes, { kind: 'dropped', detail: `labels: ${dropped} not used as tags` });
  if (cut > 0) addNote(notes, { kind: 'cut', detail: `labels: ${cut} longer than a tag may be` });
  const level = tlpOf(object.object_marking_refs);
  if (level === null) return { tags, trafficlightprotocol: null };
  const { field, tag } = xsoarTlp(level, options.tlp ?? 'xsoar');
  if (tag !== undefined && !tags.includes(tag)) tags.push(tag);
  return { tags, trafficlightprotocol: field };
}

// null: there is an author, but the name is not known yet, and what XSOAR has must stay.
function authorsOf(ref: unknown, authorName: MappingOptions['authorName']): string[] | null {
  const id = textOf(ref);
  if (id === undefined) return [];
  const name = textOf(authorName?.(id));
  return name === undefined ? null : [cutText(name, textLimits.author)];
}

function descriptionOf(value: unknown, notes: MappingNote[]): string | undefined {
  const text = textOf(value);
  if (text === undefined || text.length <= textLimits.description) return text;
  addNote(notes, {
    kind: 'cut',
    detail: `description: ${text.length} characters, ${textLimits.description} are sent`,
  });
  return cutText(text, textLimits.description);
}

function addPhases(phases: unknown, custom: Record<string, unknown>, notes: MappingNote[]): void {
  if (phases === undefined) return;
  const { known, unknown } = killChainPhases(phases);
  if (known.length > 0) custom.killchainphases = known;
  if (unknown === 0) return;
  const detail = `kill_chain_phases: ${unknown} that XSOAR's list does not have`;
  addNote(notes, { kind: 'dropped', detail });
}

function addPublications(
  object: StixObject,
  openctiId: unknown,
  modified: string | null,
  options: MappingOptions,
  custom: Record<string, unknown>,
  notes: MappingNote[],
): void {
  const link = linkBack(openctiId, options.openctiUrl);
  if (link === null && object.external_references === undefined) return;
  const { publications, dropped, unsafe } = publicationsOf(object.external_references);
  if (dropped > 0) {
    addNote(notes, { kind: 'dropped', detail: `external_references: ${dropped} not used` });
  }
  if (unsafe > 0) {
    addNote(notes, { kind: 'dropped', detail: `external_references: ${unsafe} links not http(s)` });
  }
  if (link !== null) {
    const back: Publication = { title: 'Indicator in OpenCTI', source: 'OpenCTI', link };
    if (modified !== null) back.timestamp = modified;
    publications.unshift(back);
  }
  if (publications.length > 0) custom.publications = publications;
}

/** OpenCTI opens any object by its internal id under this path, whatever its type. */
function linkBack(openctiId: unknown, baseUrl: string | undefined): string | null {
  const id = textOf(openctiId);
  if (baseUrl === undefined || id === undefined || id.length > 128) return null;
  const base = baseUrl.endsWith('/') ? baseUrl.slice(0, -1) : baseUrl;
  return `${base}/dashboard/id/${encodeURIComponent(id)}`;
}
