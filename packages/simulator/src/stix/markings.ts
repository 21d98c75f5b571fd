import type { StixObject } from './object.ts';
import { mitreExtensionId, openctiExtensionId } from './object.ts';
import { internalIdOf, uuidV5 } from './uuid.ts';

/** Traffic Light Protocol levels, least restrictive first. */
export const tlpLevels = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const;
export type Tlp = (typeof tlpLevels)[number];

/** The ids of OpenCTI's own TLP markings (those of STIX 2.1, and one of its own for AMBER+STRICT). */
export const openctiTlpIds: Readonly<Record<Tlp, string>> = {
  CLEAR: 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9',
  GREEN: 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da',
  AMBER: 'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82',
  'AMBER+STRICT': 'marking-definition--826578e1-40ad-459f-bc73-ede076f81f37',
  RED: 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed',
};

/** The ids of TLP 2.0 as published by OASIS; OpenCTI passes them on when a feed uses them. */
export const oasisTlpIds: Readonly<Record<Tlp, string>> = {
  CLEAR: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  GREEN: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  AMBER: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'AMBER+STRICT': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  RED: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
};

const levelById = new Map<string, Tlp>();
for (const level of tlpLevels) {
  levelById.set(openctiTlpIds[level], level);
  levelById.set(oasisTlpIds[level], level);
}

/** The TLP level that a marking id stands for in either generation, or null for other markings. */
export function tlpOfMarking(id: string): Tlp | null {
  return levelById.get(id) ?? null;
}

/** The more restrictive of two levels; null means unmarked and gives way to any level. */
export function stricterTlp(a: Tlp | null, b: Tlp | null): Tlp | null {
  if (a === null) return b;
  if (b === null) return a;
  return tlpLevels.indexOf(a) >= tlpLevels.indexOf(b) ? a : b;
}

const markingNamespace = '00abedb4-aa42-466c-9c01-fed23315a9b7';
const epoch = '2026-01-01T00:00:00.000Z';

function marking(id: string, type: string, name: string, order: number, color: string): StixObject {
  return {
    id,
    spec_version: '2.1',
    type: 'marking-definition',
    extensions: {
      [openctiExtensionId]: {
        extension_type: 'property-extension',
        id: internalIdOf(id),
        type: 'Marking-Definition',
        created_at: epoch,
        updated_at: epoch,
        is_inferred: false,
        order,
        color,
      },
      [mitreExtensionId]: { extension_type: 'property-extension' },
    },
    created: epoch,
    name,
    definition_type: type,
  };
}

function otherMarkingId(type: string, definition: string): string {
  const key = JSON.stringify({ definition, definition_type: type });
  return `marking-definition--${uuidV5(markingNamespace, key)}`;
}

/** Id of the PAP marking that OpenCTI ships; a marking that says nothing about TLP. */
export const papAmberId = otherMarkingId('PAP', 'PAP:AMBER');

/** The marking definitions that a platform holds: both TLP generations and PAP. */
export function builtInMarkings(): StixObject[] {
  const colors = ['#ffffff', '#2e7d32', '#d84315', '#d84315', '#c62828'];
  const all: StixObject[] = [marking(papAmberId, 'PAP', 'PAP:AMBER', 3, '#d84315')];
  tlpLevels.forEach((level, index) => {
    const color = colors[index] ?? '#ffffff';
    all.push(marking(openctiTlpIds[level], 'TLP', `TLP:${level}`, index + 1, color));
    all.push(marking(oasisTlpIds[level], 'TLP', `TLP:${level}`, index + 1, color));
  });
  return all;
}
