import { plainObjectType } from './observable-types.ts';
import { readAddress, readDomain, readHost } from './values/read-domain.ts';
import { readEmail } from './values/read-email.ts';
import { readIpv4, readIpv6 } from './values/read-ip.ts';
import { readAsn, readCve, readWallet } from './values/read-others.ts';
import { readUrl } from './values/read-url.ts';
import { asText, type Reader } from './values/reading.ts';

/** How the value of one object path becomes an XSOAR indicator. */
export interface ObservableRule {
  /** Object type and path as a pattern writes them, without quotes. */
  observable: string;
  /** The XSOAR types that it can become, the usual one first. */
  types: readonly string[];
  read: Reader;
  /** Whether ISSUBSET says something about it: only addresses have networks. */
  network?: true;
  /** What the table in the documentation says about it. */
  remark?: string;
}

const addressTypes = ['IP', 'CIDR', 'IPv6', 'IPv6CIDR', 'Domain'];

/**
 * Observables whose value alone makes an indicator. Files, certificates, registry keys and accounts
 * are made of several comparisons and have files of their own.
 */
export const OBSERVABLE_RULES: readonly ObservableRule[] = [
  {
    observable: 'ipv4-addr:value',
    types: ['IP', 'CIDR'],
    read: readIpv4,
    network: true,
    remark: 'CIDR with a prefix length below 32',
  },
  {
    observable: 'ipv6-addr:value',
    types: ['IPv6', 'IPv6CIDR'],
    read: readIpv6,
    network: true,
    remark: 'IPv6CIDR with a prefix length below 128',
  },
  {
    observable: 'domain-name:value',
    types: ['Domain', 'DomainGlob', 'Onion Address'],
    read: readDomain,
    remark:
      'DomainGlob with a leading `*.`; Onion Address for 16 or 56 base-32 characters and `.onion`',
  },
  { observable: 'hostname:value', types: ['Host'], read: readHost },
  { observable: 'url:value', types: ['URL'], read: readUrl },
  { observable: 'email-addr:value', types: ['Email'], read: readEmail },
  { observable: 'mutex:name', types: ['Mutex'], read: asText('Mutex') },
  { observable: 'software:name', types: ['Software'], read: asText('Software') },
  {
    observable: 'autonomous-system:number',
    types: ['ASN'],
    read: readAsn,
    remark: 'written `AS64512`',
  },
  { observable: 'vulnerability:name', types: ['CVE'], read: readCve, remark: 'CVE numbers only' },
  {
    observable: 'cryptocurrency-wallet:value',
    types: ['Cryptocurrency Address'],
    read: readWallet,
    remark: 'type of the content pack "Cryptocurrency"',
  },
  {
    observable: 'network-traffic:dst_ref.value',
    types: addressTypes,
    read: readAddress,
    network: true,
    remark: 'by the form of the value',
  },
  {
    observable: 'network-traffic:src_ref.value',
    types: addressTypes,
    read: readAddress,
    network: true,
    remark: 'by the form of the value',
  },
  { observable: 'email-message:from_ref.value', types: ['Email'], read: readEmail },
  { observable: 'email-message:sender_ref.value', types: ['Email'], read: readEmail },
  { observable: 'identity:name', types: ['Identity'], read: asText('Identity') },
  { observable: 'location:name', types: ['Location'], read: asText('Location') },
  { observable: 'malware:name', types: ['Malware'], read: asText('Malware') },
  { observable: 'tool:name', types: ['Tool'], read: asText('Tool') },
  { observable: 'campaign:name', types: ['Campaign'], read: asText('Campaign') },
  { observable: 'threat-actor:name', types: ['Threat Actor'], read: asText('Threat Actor') },
  { observable: 'intrusion-set:name', types: ['Intrusion Set'], read: asText('Intrusion Set') },
  { observable: 'attack-pattern:name', types: ['Attack Pattern'], read: asText('Attack Pattern') },
  { observable: 'infrastructure:name', types: ['Infrastructure'], read: asText('Infrastructure') },
  {
    observable: 'course-of-action:name',
    types: ['Course of Action'],
    read: asText('Course of Action'),
  },
  { observable: 'report:name', types: ['Report'], read: asText('Report') },
];

// By object type and then by path: nothing has to be joined to look a rule up.
const rules = new Map<string, Map<string, ObservableRule>>();
for (const rule of OBSERVABLE_RULES) {
  const colon = rule.observable.indexOf(':');
  const objectType = rule.observable.slice(0, colon);
  const paths = rules.get(objectType) ?? new Map<string, ObservableRule>();
  paths.set(rule.observable.slice(colon + 1), rule);
  rules.set(objectType, paths);
}

/** The rule for an object path, or undefined; OpenCTI 4's prefix `x-opencti-` makes no difference. */
export function observableRule(objectType: string, path: string): ObservableRule | undefined {
  return rules.get(plainObjectType(objectType))?.get(path);
}
