import type { XsoarClient } from './xsoar-client.ts';
import { XsoarError } from './xsoar-error.ts';

/** What is going to be written to a tenant. */
export interface TenantNeeds {
  /** Names of indicator types. */
  types: readonly string[];
  /** Machine names of custom fields. */
  fields: readonly string[];
}

/** What a tenant has of what is needed. */
export interface TenantCheck {
  /** Types that it does not have, or has switched off; null where it does not list them. */
  missingTypes: string[] | null;
  /** Fields that it does not have; null where it does not list them. */
  missingFields: string[] | null;
  /** Why a list could not be had, in words. */
  unknown: string[];
}

/**
 * Compares what is going to be written with the tenant's own lists, where its API
 * offers them (the public prefix of XSOAR 8 has no list of types).
 * @throws XsoarError where XSOAR is not there, or refuses the key
 */
export async function checkTenant(
  client: Pick<XsoarClient, 'fetchTypes' | 'fetchFields'>,
  needs: TenantNeeds,
  signal?: AbortSignal,
): Promise<TenantCheck> {
  const unknown: string[] = [];
  const types = await listOrNull(client.fetchTypes(signal), 'types', unknown);
  const fields = await listOrNull(client.fetchFields(signal), 'fields', unknown);
  const usable = new Set(types?.flatMap(({ name, disabled }) => (disabled ? [] : [name])));
  const present = new Set(fields?.map(({ name }) => name.toLowerCase()));
  return {
    missingTypes: types && needs.types.filter((type) => !usable.has(type)),
    missingFields: fields && needs.fields.filter((field) => !present.has(field.toLowerCase())),
    unknown,
  };
}

/** What is missing, each with the consequence; empty when nothing is. */
export function tenantWarnings({ missingTypes, missingFields }: TenantCheck): string[] {
  const warnings: string[] = [];
  if (missingTypes !== null && missingTypes.length > 0) {
    warnings.push(
      `XSOAR has no indicator type ${missingTypes.join(', ')}: indicators of it are stored without a layout, or refused and end in the dead letters. Install the content pack that brings it, or keep these observables away by FILTER_OBSERVABLE_TYPES.`,
    );
  }
  if (missingFields !== null && missingFields.length > 0) {
    warnings.push(
      `XSOAR has no indicator field ${missingFields.join(', ')}: what is written to it is dropped, or shows nowhere, or makes XSOAR refuse the indicator. Install or update the pack Common Types, or add the field under Settings > Objects Setup > Indicators > Fields.`,
    );
  }
  return warnings;
}

/** Statuses that say "there is no such call", not "you may not" or "not now". */
const NOT_OFFERED = new Set([400, 404, 405, 500, 501]);

async function listOrNull<T>(
  asked: Promise<T[]>,
  what: string,
  unknown: string[],
): Promise<T[] | null> {
  try {
    const list = await asked;
    // A list of incident fields alone says nothing about indicators.
    if (list.length > 0) return list;
    unknown.push(`${what}: the list is empty`);
  } catch (error) {
    if (!(error instanceof XsoarError)) throw error;
    const { kind, status = 0 } = error;
    const isNoCall = kind === 'redirect' || kind === 'not-json' || kind === 'bad-answer';
    if (!isNoCall && !(kind === 'status' && NOT_OFFERED.has(status))) throw error;
    unknown.push(`${what}: this API offers no list (${status === 0 ? kind : status})`);
  }
  return null;
}
