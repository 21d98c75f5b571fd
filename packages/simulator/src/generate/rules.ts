import type { Expects } from '../opencti/operation.ts';
import type { Values } from './values.ts';

/** An indicator that is no STIX pattern: a detection rule of another tool. */
export interface Rule {
  patternType: string;
  pattern: string;
  name: string;
  expects: Expects;
}

const makers: readonly [string, (name: string) => string][] = [
  [
    'yara',
    (name) =>
      `rule ${name} : loader\n{\n  meta:\n    author = "Northwind CERT"\n  strings:\n    $a = "(nwldr)" ascii\n    $b = { 6A 40 68 00 30 00 00 }\n  condition:\n    uint16(0) == 0x5A4D and all of them\n}`,
  ],
  [
    'sigma',
    (name) =>
      `title: ${name}\nstatus: experimental\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n  sel:\n    ParentImage|endswith: '\\rundll32.exe'\n  condition: sel\nlevel: high\n`,
  ],
  [
    'snort',
    (name) =>
      `alert tcp any any -> any 80 (msg:"${name}"; content:"[ipv4-addr:value = '1.2.3.4']"; sid:1;)`,
  ],
  ['suricata', (name) => `alert dns any any -> any any (msg:"${name}"; dns.query; sid:2;)`],
  ['pcre', (name) => `/${name}[0-9]+/i`],
  ['eql', (name) => `process where process.name == "${name}.exe"`],
];

/** A rule of a random kind; its name is unique. */
export function makeRule(values: Values): Rule {
  const [patternType, write] = values.random.pick(makers);
  const name = `NW_Rule_${values.next('rule')}`;
  return {
    patternType,
    pattern: write(name),
    name,
    expects: { values: [], mappable: false, reason: `pattern type ${patternType}` },
  };
}
