import {
  COMMON_FIELDS,
  defaultMaxValues,
  defaultScoreThresholds,
  KILL_CHAIN_PHASES,
  listLimits,
  OBSERVABLE_RULES,
  OBSERVABLE_TYPES,
  PRIVATE_RANGES,
  reliabilityBands,
  reliabilityOf,
  TLP_MARKINGS,
  TYPE_FIELDS,
  textLimits,
  VERDICTS,
  xsoarTlp,
} from '@xsoar-intel/pipeline';
import { CASE_INSENSITIVE_TYPES } from '@xsoar-intel/xsoar';
import { CHANGED, EVERYWHERE, NEWLY_SENT, NO_LONGER_SENT } from './intended-differences.ts';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string) => `\`${text}\``;

function types(): string {
  const single = OBSERVABLE_RULES.map(({ observable, types: names, remark }) => [
    code(observable),
    names.join(', '),
    remark ?? '',
  ]);
  return table(
    ['in the pattern', 'XSOAR type', 'remark'],
    [
      ...single,
      [code('file:hashes.*'), 'File', 'one for each file, see below'],
      [code('artifact:hashes.*'), 'File', ''],
      [code('*_ref.hashes.*'), 'File', 'a file behind a reference: `process:image_ref.hashes.MD5`'],
      [
        code('x509-certificate:serial_number'),
        'X509 Certificate',
        'without one the best of `hashes.*` is the value',
      ],
      [code('windows-registry-key:key'), 'Registry Key', ''],
      [
        code('user-account:account_login'),
        'Account',
        'also as OpenCTI once wrote it, `acount_login`',
      ],
      [code('user-account:user_id'), 'Account', 'where there is no login'],
    ],
  );
}

function score(): string {
  const { good, suspicious, bad } = defaultScoreThresholds;
  const bands = [`0, or none`, `above ${good}`, `above ${suspicious}`, `above ${bad}`];
  return table(
    ["OpenCTI's score", 'XSOAR score', 'verdict'],
    VERDICTS.map((verdict, index) => [bands[index] ?? '', String(index), verdict]),
  );
}

function tlp(): string {
  return table(
    ['marking definition', 'TLP', 'of', '`tlp: xsoar` (default)', '`tlp: keep`'],
    TLP_MARKINGS.map(({ id, level, origin }) => {
      const { field, tag } = xsoarTlp(level, 'xsoar');
      const shown = tag === undefined ? field : `${field}, tag ${code(tag)}`;
      return [code(id.slice('marking-definition--'.length)), level, origin, shown, level];
    }),
  );
}

function reliability(): string {
  let above = 100;
  const rows = reliabilityBands.map(({ from, reliability: text }) => {
    const row = [`${from} to ${above}`, text];
    above = from - 1;
    return row;
  });
  return table(['confidence', 'reliability'], [...rows, ['0, or none', reliabilityOf(null)]]);
}

function commonFields(): string {
  return table(
    ['field', 'kind', 'from'],
    COMMON_FIELDS.map(({ name, kind, from }) => [code(name), kind, from]),
  );
}

function typeFields(): string {
  return table(
    ['XSOAR type', 'field', 'kind', 'from'],
    TYPE_FIELDS.map(({ type, name, kind, from }) => [type, code(name), kind, from]),
  );
}

function limits(): string {
  const number = (value: number) => value.toLocaleString('en');
  return table(
    ['what', 'at most'],
    [
      ['XSOAR indicators from one OpenCTI indicator', number(defaultMaxValues)],
      ['characters of a value; a longer one is left out', number(textLimits.value)],
      ['characters of the description', number(textLimits.description)],
      ['tags', number(listLimits.tags)],
      ['characters of a tag', number(textLimits.tag)],
      ['publications', number(listLimits.publications)],
      ['characters of the title of a publication', number(textLimits.publicationTitle)],
      ['characters of a link', number(textLimits.link)],
      ['reasons for what is left out', number(listLimits.leftOut)],
    ],
  );
}

function differences(list: readonly { before: string; now: string; reason: string }[]): string {
  return table(
    ['Python connector', 'this connector', 'why'],
    list.map(({ before, now, reason }) => [before, now, reason]),
  );
}

/** The generated parts of docs/mapping.md, by the name in their marker. */
export function mappingTables(): Map<string, string> {
  return new Map([
    ['types', types()],
    ['counted observables', OBSERVABLE_TYPES.map(code).join(', ')],
    ['common fields', commonFields()],
    ['type fields', typeFields()],
    ['score', score()],
    ['tlp', tlp()],
    ['reliability', reliability()],
    ['kill chain', KILL_CHAIN_PHASES.join(', ')],
    ['limits', limits()],
    ['case', [...CASE_INSENSITIVE_TYPES].join(', ')],
    ['private ranges', PRIVATE_RANGES.map(code).join(', ')],
    ['changed', differences(CHANGED)],
    ['no longer sent', differences(NO_LONGER_SENT)],
    ['newly sent', differences(NEWLY_SENT)],
    ['everywhere', differences(EVERYWHERE)],
  ]);
}

const block = /<!-- generated: ([^>]+) -->\n([\s\S]*?)<!-- end -->/g;

/** The document with every generated part as the code has it now. */
export function withTables(document: string, tables: ReadonlyMap<string, string>): string {
  return document.replace(block, (whole, name: string) => {
    const text = tables.get(name);
    return text === undefined ? whole : `<!-- generated: ${name} -->\n\n${text}\n\n<!-- end -->`;
  });
}

/** Names of the generated parts that a document has a place for. */
export function partNames(document: string): string[] {
  return [...document.matchAll(block)].map(([, name]) => name ?? '');
}
