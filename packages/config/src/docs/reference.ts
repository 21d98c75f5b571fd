import { takesFile } from '../load/texts.ts';
import { ROLES, type Role } from '../role.ts';
import { GROUPS, type Variable } from '../variables/define.ts';
import type { IgnoredVariable } from '../variables/ignored.ts';

const INTRODUCTION = `# Configuration

<!-- Made from packages/config/src/variables by \`node_modules/.bin/node packages/config/src/write-docs.ts\`.
     Change it there: a test compares. -->

Everything is set by environment variables, by a \`config.yml\`, or both: **the environment comes
before the file, the file before the default**. The variables of the Python connector
(\`pan-cortex-xsoar-intel\`) have the same names, the same places in \`config.yml\` and the same
meaning, so its environment or file works as it is, with a \`REDIS_URL\` beside it.

\`config.yml\` is looked for in the working directory; \`--config FILE\` names another. Every mistake
is told at once, with the variable, what was expected and where the value came from, and the process
ends with exit code 78. \`xsoar-intel check\` looks without starting anything.

\`\`\`yaml
opencti:
  url: https://opencti.example.com
connector:
  id: 0f5c2d6e-3f0b-4c59-9b40-6f3a3f4de2a1
  live_stream_id: 6c1d4a0e-1c0b-4a61-8a3e-0a4d3c0e9c11
xsoar:
  url: https://api-tenant.xdr.eu.paloaltonetworks.com
  key_id: 12
redis:
  url: redis://redis.example.com:6379
\`\`\`

## How values are written

- **Secrets** (🔒) are also taken from a file: \`XSOAR_KEY_FILE=/run/secrets/xsoar_key\`, or
  \`key_file\` in \`config.yml\`. One line break at its end is left out. Both at once is a mistake.
  Secrets are never printed. The same works for variables marked with 📄.
- **Booleans**: \`true\`, \`yes\`, \`on\`, \`1\` and \`false\`, \`no\`, \`off\`, \`0\`, in any case. The
  Python connector took \`TRUE\` or \`1\` for neither.
- **Durations**: \`500ms\`, \`30s\`, \`5m\`, \`2h\`, \`7d\`, \`2w\`, or ISO 8601 such as \`PT30S\` and
  \`P30D\`. A plain number means seconds.
- **Sizes**: \`512KiB\`, \`4MiB\`, \`10MB\`. A plain number means bytes.
- **Lists** are separated by commas; in \`config.yml\` they may be YAML lists.
- **Set to nothing** (\`XSOAR_TENANT=\`) means the default; for numbers, durations and sizes it is a
  mistake. Sample values such as \`ChangeMe\` are refused by name.

A process only looks at the variables that it reads: a worker needs no \`OPENCTI_TOKEN\` and does not
keep one, an ingest needs no \`XSOAR_KEY\`. The column _Read by_ tells; **bold** means that it cannot
do without. _operator_ stands for the commands that only talk to Redis (\`status\`, \`pause\`,
\`cursor\` and so on).
`;

const PROXIES = `## Proxies and certificates

\`HTTPS_PROXY\`, \`HTTP_PROXY\` and \`NO_PROXY\` (also in lower case) are honoured for OpenCTI and
XSOAR, as in the Python connector. Private certificates are given by \`OPENCTI_CA_FILE\`,
\`XSOAR_CA_FILE\` or \`HTTPS_CA_CERTIFICATES\`, for Redis by Node's own \`NODE_EXTRA_CA_CERTS\`.
`;

/** Writes the reference of all variables in Markdown. */
export function renderReference(
  variables: readonly Variable[],
  ignored: readonly IgnoredVariable[],
): string {
  const groups = GROUPS.map((group) => {
    const members = variables.filter((variable) => variable.group === group);
    return [
      `## ${group}\n`,
      ...alignedTable([['Variable', '`config.yml`', 'Default', 'Read by'], ...members.map(cells)]),
      '',
      ...members.map(paragraph),
    ].join('\n');
  });
  return `${[INTRODUCTION, ...groups, PROXIES, renderIgnored(ignored)].join('\n').trimEnd()}\n`;
}

function cells(variable: Variable): string[] {
  const marks = variable.secret === true ? ' 🔒' : takesFile(variable) ? ' 📄' : '';
  return [
    `\`${variable.name}\`${marks}`,
    `\`${variable.path}\``,
    variable.default === null || variable.default === '' ? '' : code(variable.default),
    readers(variable),
  ];
}

/** A table as the formatter of this repository lays it out, so that both agree. */
function alignedTable(rows: readonly (readonly string[])[]): string[] {
  const columns = [...(rows[0]?.keys() ?? [])];
  const widths = columns.map((column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  const line = (row: readonly string[], fill: string): string =>
    `| ${columns
      .map((column) => {
        const cell = row[column] ?? '';
        return cell + fill.repeat((widths[column] ?? 0) - widthOf(cell));
      })
      .join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head, ' '), line([], '-'), ...body.map((row) => line(row, ' '))];
}

/** Columns on a screen: pictures take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) ?? 0) >= 0x1f000 ? 2 : 1;
  return width;
}

function readers({ roles, requiredBy = [], default: fallback }: Variable): string {
  const needs = (role: Role): boolean => fallback === null && requiredBy.includes(role);
  return ROLES.filter((role) => roles.includes(role))
    .map((role) => (needs(role) ? `**${role}**` : role))
    .join(', ');
}

function paragraph(variable: Variable): string {
  const { name, type, description, example, python } = variable;
  const facts = [
    type.label,
    ...(example === undefined ? [] : [`for example ${code(example)}`]),
    ...(python === true ? ['as in the Python connector'] : []),
  ];
  return `**\`${name}\`** (${facts.join('; ')}). ${description}\n`;
}

function renderIgnored(ignored: readonly IgnoredVariable[]): string {
  const byReason = new Map<string, string[]>();
  for (const { name, why } of ignored) {
    byReason.set(why, [...(byReason.get(why) ?? []), `\`${name}\``]);
  }
  const lines = [...byReason].map(([why, names]) => `- ${names.join(', ')}: ${why}.`);
  return [
    '## Variables of the Python connector that have no effect\n',
    'They are accepted, and noted at start.\n',
    ...lines,
  ].join('\n');
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
