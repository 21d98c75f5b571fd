import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StixObject } from '@xsoar-intel/opencti';

/** What the Python connector was seen to do with one event, as far as these tests look at it. */
export interface GoldenCase {
  /** `001-ipv4.create` */
  name: string;
  case: string;
  operation: string;
  outcome: 'sent' | 'skipped' | 'crash';
  /** The STIX object of the event; null where the event was not even JSON. */
  object: StixObject | null;
  /** The indicator of the first create or edit that it sent. */
  sent: GoldenIndicator | null;
}

/** The fields of a request that are compared. */
export interface GoldenIndicator {
  id: unknown;
  value: unknown;
  indicator_type: unknown;
  score: unknown;
  source: unknown;
  expiration: unknown;
  manualExpirationTime: unknown;
  firstSeen: unknown;
  timestamp: unknown;
  comment: unknown;
  CustomFields: Record<string, unknown>;
}

const folder = fileURLToPath(new URL('../../../shared/golden/', import.meta.url));

/** Whether the recordings are there; they belong to the workspace, not to this repository. */
export const hasGolden = existsSync(folder);

/** All recorded events, by name. */
export function goldenCases(): GoldenCase[] {
  if (!hasGolden) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map(read);
}

function read(file: string): GoldenCase {
  const golden = JSON.parse(readFileSync(`${folder}${file}`, 'utf8'));
  const body = golden.requests[0]?.body;
  const indicator = body?.indicator ?? body;
  return {
    name: file.slice(0, -'.json'.length),
    case: golden.case,
    operation: golden.operation,
    outcome: golden.outcome,
    object: golden.event.data?.data ?? null,
    sent: indicator?.value === undefined ? null : indicator,
  };
}
