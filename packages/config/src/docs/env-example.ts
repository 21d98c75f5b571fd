import { takesFile } from '../load/texts.ts';
import { GROUPS, type Variable } from '../variables/define.ts';
import { commentLines, isNeeded, kindOf } from './plain-text.ts';

const HEAD = `# Copy this file to .env and fill in what has no # before it; docker compose reads it.
# The other lines show defaults, or an example after "for example": take the # away to change one.
#
# Made from packages/config/src/variables by
#   node_modules/.bin/node packages/config/src/write-docs.ts
# Change it there: a test compares. The same, with more words: docs/configuration.md
#
# 🔒: a secret; NAME_FILE=/path names a file that holds it. 📄: also from a file, no secret.
# docker compose sets METRICS_ENABLE, METRICS_ADDR, METRICS_PORT and BOARD_ADDR itself; BOARD_PORT is
# there the port on this machine.

# ── docker compose only ─────────────────────────────────────────────────────────────────────

# Worker processes.
# WORKERS=2

# Memory of the Redis that it starts. It refuses writes above, and ingest stops reading at 80% of it.
# REDIS_MAXMEMORY=1gb
`;

/**
 * Needed in nearly every set-up, though not by rule: XSOAR 6 has no key id, and a board that only
 * this machine reaches needs no password (in a container it is reached from outside).
 */
const ASKED_FOR = new Set(['XSOAR_KEY_ID', 'BOARD_PASSWORD']);

/** Writes `.env.example`: every variable, grouped and explained. */
export function renderEnvExample(variables: readonly Variable[]): string {
  const groups = GROUPS.map((group) => {
    const members = variables.filter((variable) => variable.group === group);
    return [heading(group), ...members.map(paragraph)].join('\n');
  });
  return [HEAD, ...groups].join('\n');
}

function heading(group: string): string {
  return `# ── ${group} ${'─'.repeat(90 - group.length)}\n`;
}

function paragraph(variable: Variable): string {
  const { name, description, roles, default: fallback } = variable;
  const mark = variable.secret === true ? ' 🔒' : takesFile(variable) ? ' 📄' : '';
  const facts = `(${kindOf(variable)}; read by ${roles.join(', ')})${mark}`;
  const asked = isNeeded(variable) || ASKED_FOR.has(name);
  return [
    ...commentLines(description).map((line) => `# ${line}`),
    ...commentLines(facts).map((line) => `# ${line}`),
    `${asked ? '' : '# '}${name}=${fallback ?? ''}`,
    '',
  ].join('\n');
}
