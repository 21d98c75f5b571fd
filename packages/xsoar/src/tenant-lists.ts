import { ShapeProblem } from './answer-shape.ts';
import type { XsoarField, XsoarType } from './xsoar-client.ts';

/** Fields of indicators have this before their machine name, those of incidents have not. */
const INDICATOR_PREFIX = 'indicator_';

/**
 * The answer to `GET /reputation`: `details` is the name that an indicator carries.
 * @throws ShapeProblem
 */
export function parseTypes(body: unknown): XsoarType[] {
  return asRecords(body).flatMap(({ details, disabled }) =>
    typeof details === 'string' && details !== ''
      ? [{ name: details, disabled: disabled === true }]
      : [],
  );
}

/**
 * The answer to `GET /incidentfields`, which lists the fields of indicators too.
 * @throws ShapeProblem
 */
export function parseFields(body: unknown): XsoarField[] {
  return asRecords(body).flatMap(({ id, cliName, type }) => {
    if (typeof id !== 'string' || !id.startsWith(INDICATOR_PREFIX)) return [];
    const name = typeof cliName === 'string' && cliName !== '' ? cliName : idName(id);
    return [{ name, type: typeof type === 'string' ? type : '' }];
  });
}

function idName(id: string): string {
  return id.slice(INDICATOR_PREFIX.length);
}

function asRecords(body: unknown): Record<string, unknown>[] {
  if (!Array.isArray(body)) throw new ShapeProblem('no list');
  return body.filter((item) => typeof item === 'object' && item !== null);
}
