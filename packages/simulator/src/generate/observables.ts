import type { ExpectedValue, Expects } from '../opencti/operation.ts';
import { equals } from './pattern.ts';
import {
  digits,
  domain,
  email,
  hostname,
  ipv4,
  ipv4Cidr,
  ipv6,
  ipv6Cidr,
  registryKey,
  tagged,
  url,
  type Values,
} from './values.ts';

/** One observable and the pattern that OpenCTI makes of it. */
export interface Observable {
  /** OpenCTI's type, e.g. `IPv4-Addr`. */
  type: string;
  /** Comparisons of one observation, joined by OR. */
  comparisons: string[];
  name: string;
  expects: Expects;
  /** As OpenCTI puts it into `observable_values`. */
  observed: Record<string, unknown>[];
}

/** How an observable is made, and how often it is drawn compared to the others. */
export interface Kind {
  name: string;
  weight: number;
  make(values: Values, multiHash: boolean): Observable;
}

/** What OpenCTI keeps of a value: no quotes, escapes not undone. */
function damaged(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll("'", '\\');
}

function simple(
  type: string,
  path: string,
  value: string,
  xsoar: ExpectedValue | null,
  optional = false,
): Observable {
  const expects: Expects = xsoar
    ? { values: [xsoar], mappable: true, ...(optional ? { optional } : {}) }
    : { values: [], mappable: false, reason: `XSOAR has no type for ${type}` };
  return {
    type,
    comparisons: [equals(path, value)],
    name: value,
    expects,
    observed: [{ type, value: damaged(value) }],
  };
}

/** A kind that XSOAR has a type for. */
function mapped(
  type: string,
  path: string,
  weight: number,
  xsoar: string,
  make: (values: Values) => string,
  name = type,
): Kind {
  return {
    name,
    weight,
    make(values) {
      const value = make(values);
      return simple(type, path, value, { type: xsoar, value });
    },
  };
}

/** A kind that must be set aside. */
function unmapped(
  type: string,
  path: string,
  weight: number,
  make: (values: Values) => string,
  name = type,
): Kind {
  return { name, weight, make: (values) => simple(type, path, make(values), null) };
}

const hashLengths = [
  ["'SHA-256'", 'SHA-256', 64],
  ["'SHA-512'", 'SHA-512', 128],
  ["'SHA-1'", 'SHA-1', 40],
  ['MD5', 'MD5', 32],
] as const;

/** Best first: the one that names the file in XSOAR. */
const preference = ['SHA-256', 'SHA-1', 'MD5', 'SHA-512'];

/** One file (or certificate) with one hash, or with several of the same file. */
function hashed(
  type: string,
  stixType: string,
  weight: number,
  xsoar: string,
  optional: boolean,
): Kind {
  return {
    name: type,
    weight,
    make({ random }, multiHash) {
      const wanted = multiHash ? 2 + random.below(3) : 1;
      // SHA-256 is by far the most common; a set keeps OpenCTI's order.
      const some = multiHash
        ? hashLengths.slice(0, wanted)
        : [random.chance(0.7) ? hashLengths[0] : random.pick(hashLengths)];
      const hashes = some.map(([step, name, length]) => ({
        step,
        name,
        value: random.hex(length),
      }));
      const best = preference.flatMap((name) => hashes.filter((hash) => hash.name === name))[0];
      const value = best?.value ?? '';
      const alternatives = hashes.map((hash) => hash.value).filter((other) => other !== value);
      return {
        type,
        comparisons: hashes.map((hash) => equals(`${stixType}:hashes.${hash.step}`, hash.value)),
        name: value,
        expects: {
          values: [{ type: xsoar, value, ...(optional ? { alternatives } : {}) }],
          mappable: true,
          ...(optional ? { optional } : {}),
        },
        observed: hashes.map((hash) => ({ type, hashes: { [hash.name]: hash.value } })),
      };
    },
  };
}

/** A comparison with a bare number. */
function numeric(
  type: string,
  path: string,
  weight: number,
  kind: string,
  xsoar: ((n: number) => ExpectedValue) | null,
): Kind {
  return {
    name: kind,
    weight,
    make(values) {
      const number = 1000 + values.next(kind);
      const base = simple(type, path, String(number), xsoar ? xsoar(number) : null);
      return { ...base, comparisons: [`${path} = ${number}`] };
    },
  };
}

const hex = (length: number) => (values: Values) => values.random.hex(length);
const text = (kind: string, prefix: string) => (values: Values) => tagged(values, kind, prefix);

/**
 * Every observable type of which OpenCTI makes indicators. XSOAR names are those of
 * Palo Alto's CommonTypes pack; where it has no type nothing must arrive, and where
 * public facts leave it open (file names, certificates, user agents) both is right.
 */
export const kinds: readonly Kind[] = [
  mapped('IPv4-Addr', 'ipv4-addr:value', 250, 'IP', ipv4),
  mapped('IPv4-Addr', 'ipv4-addr:value', 10, 'CIDR', ipv4Cidr, 'IPv4-Addr range'),
  mapped('IPv6-Addr', 'ipv6-addr:value', 30, 'IPv6', ipv6),
  mapped('IPv6-Addr', 'ipv6-addr:value', 4, 'IPv6CIDR', ipv6Cidr, 'IPv6-Addr range'),
  mapped('Domain-Name', 'domain-name:value', 220, 'Domain', domain),
  mapped('Url', 'url:value', 150, 'URL', url),
  hashed('StixFile', 'file', 200, 'File', false),
  hashed('Artifact', 'file', 5, 'File', false),
  mapped('Email-Addr', 'email-addr:value', 30, 'Email', email),
  mapped('Hostname', 'hostname:value', 20, 'Host', hostname),
  mapped('Mutex', 'mutex:name', 4, 'Mutex', text('mutex', 'Global\\mtx-')),
  mapped('Windows-Registry-Key', 'windows-registry-key:key', 8, 'Registry Key', registryKey),
  mapped('User-Account', 'user-account:account_login', 4, 'Account', text('login', 'svc-account-')),
  mapped('Software', 'software:name', 3, 'Software', text('software', 'Remote Helper ')),
  numeric('Autonomous-System', 'autonomous-system:number', 4, 'Autonomous-System', (number) => ({
    type: 'ASN',
    value: `AS${number}`,
    alternatives: [String(number)],
  })),
  mapped(
    'Cryptocurrency-Wallet',
    'cryptocurrency-wallet:value',
    4,
    'Cryptocurrency Address',
    (values) => `bc1q${values.random.hex(38)}`,
  ),
  hashed('X509-Certificate', 'x509-certificate', 3, 'X509 Certificate', true),
  {
    name: 'StixFile name',
    weight: 4,
    make: (values) => {
      const value = tagged(values, 'file-name', 'invoice-');
      return simple(
        'StixFile',
        'file:name',
        `${value}.docm`,
        { type: 'File', value: `${value}.docm` },
        true,
      );
    },
  },
  {
    name: 'User-Agent',
    weight: 3,
    make: (values) => {
      const value = tagged(values, 'user-agent', 'Mozilla/5.0 (nwldr) build/');
      return simple('User-Agent', 'user-agent:value', value, { type: 'User Agent', value }, true);
    },
  },
  unmapped(
    'Windows-Registry-Value-Type',
    'windows-registry-value-type:name',
    2,
    text('registry-value', 'RunOnce-'),
  ),
  unmapped(
    'Mac-Addr',
    'mac-addr:value',
    2,
    (values) => `02:00:${values.random.hex(8).match(/../g)?.join(':') ?? ''}`,
  ),
  unmapped('Text', 'text:value', 2, text('text', 'note ')),
  unmapped('Cryptographic-Key', 'cryptographic-key:value', 1, hex(64)),
  unmapped('Phone-Number', 'phone-number:value', 1, (values) =>
    digits(values, 'phone', '+1555', 12),
  ),
  unmapped('Tracking-Number', 'tracking-number:value', 1, (values) =>
    digits(values, 'tracking', '1Z', 18),
  ),
  unmapped('Credential', 'credential:value', 1, text('credential', 'user:not-a-password-')),
  unmapped('IMEI', 'imei:value', 1, (values) => digits(values, 'imei', '35', 15)),
  unmapped('ICCID', 'iccid:value', 1, (values) => digits(values, 'iccid', '8933', 19)),
  unmapped('IMSI', 'imsi:value', 1, (values) => digits(values, 'imsi', '20801', 15)),
  unmapped('SSH-Key', 'ssh-key:fingerprint_sha256', 1, hex(64)),
  unmapped('SSH-Key', 'ssh-key:fingerprint_MD5', 1, hex(32), 'SSH-Key MD5'),
  unmapped('Email-Message', 'email-message:subject', 3, text('subject', 'Your invoice no. ')),
  unmapped(
    'Email-Message',
    'email-message:body',
    1,
    text('mail-body', 'Please pay invoice '),
    'Email-Message body',
  ),
  unmapped('Email-Mime-Part-Type', 'email-mime-part-type:body', 1, text('mime', '<p>part ')),
  numeric('Process', 'process:pid', 1, 'Process', null),
  unmapped(
    'Process',
    'process:command_line',
    3,
    text('command', 'powershell.exe -enc AAAA'),
    'Process command line',
  ),
  numeric('Network-Traffic', 'network-traffic:dst_port', 1, 'Network-Traffic', null),
  unmapped('Directory', 'directory:path', 2, text('directory', 'C:\\ProgramData\\drop-')),
  unmapped('Bank-Account', 'bank-account:iban', 1, (values) => digits(values, 'iban', 'XX00', 22)),
  unmapped('Payment-Card', 'payment-card:card_number', 1, (values) =>
    digits(values, 'card', '400000', 16),
  ),
  unmapped(
    'Media-Content',
    'media-content:url',
    1,
    (values) => `https://media.example/${values.next('media')}`,
  ),
  unmapped('Persona', 'persona:persona_name.persona_type', 1, text('persona', 'persona-')),
];
