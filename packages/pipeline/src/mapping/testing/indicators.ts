/** Indicators for the tests of the mapping. */
import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import { mapIndicator } from '../map-indicator.ts';
import type { MappingOptions, MappingResult } from '../types.ts';

export const openctiExtension = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';
export const openctiId = 'cee934c4-d41f-4171-99b2-768dc2fd9add';
export const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
export const otherMd5 = '60b725f10c9c85c70d97880dfe8191b3';
export const sha1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
export const sha256 = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f';
export const otherSha256 = '3f786850e387550fdab836ed7e6dc881de23001b9b7b6f3b9a2f6d2a7f0f8a11';

export const options: MappingOptions = { source: 'OpenCTI test' };

export function indicator(pattern: string, more: object = {}, extension: object = {}) {
  return {
    id: 'indicator--274128a4-2ad4-50b5-ae7b-b0dea1fa9861',
    type: 'indicator',
    extensions: { [openctiExtension]: { id: openctiId, score: 50, ...extension } },
    created: '2025-02-03T04:05:06.789Z',
    modified: '2025-03-04T05:06:07.890Z',
    revoked: false,
    pattern,
    pattern_type: 'stix',
    valid_from: '2025-02-03T04:05:06.000Z',
    ...more,
  };
}

export function mapped(pattern: string, more: Partial<MappingOptions> = {}): DesiredIndicator[] {
  const result = mapIndicator(indicator(pattern), { ...options, ...more });
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
  return result.indicators;
}

/** `Type value` of every indicator. */
export function keys(pattern: string, more: Partial<MappingOptions> = {}): string[] {
  return mapped(pattern, more).map(({ indicator_type: type, value }) => `${type} ${value}`);
}

export function reasons({ leftOut }: MappingResult): string[] {
  return leftOut.map(({ reason, observableType }) => `${reason} ${observableType ?? ''}`.trim());
}
