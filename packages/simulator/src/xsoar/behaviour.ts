import type { EditMode } from './ioc.ts';

/**
 * How this XSOAR answers where public facts are not settled, or tenants differ. Every
 * switch can be turned while the server runs.
 */
export interface Behaviour {
  /** Ids of new objects: a counter, or the MD5 of the value. */
  ids: 'counter' | 'md5';
  /** Create of a value that exists: merged into the object, not listened to, in its place, or refused. */
  duplicates: 'upsert' | 'keep' | 'replace' | 'conflict' | 'bad-request';
  /** Values of new objects: as they were sent, or in lower case. */
  values: 'as-sent' | 'lower-case';
  /** Custom fields that the tenant does not have. */
  unknownFields: 'store' | 'drop' | 'bad-request';
  /** Edits are offered on the public prefix; else 303. */
  publicEdits: boolean;
  /** An analyst tags each object `analyst` between a client's read and its first edit. */
  analyst: boolean;
  /** What an edit does with fields that the client left out. */
  partialEdit: EditMode;
  /** An edit without `version`: taken as it is, or refused like a stale one. */
  missingVersion: 'accept' | 'reject';
  /** Edit of an id that is not there: 400 "Item not found (8)", or 404 with JSON. */
  missingItem: 'bad-request' | 'not-found';
  /** Create with a type that the tenant does not have. */
  unknownType: 'accept' | 'bad-request';
  /** batchDelete with ids and an empty filter. */
  emptyFilterDelete: 'works' | 'nothing' | 'error';
  /** Ms until searches see a write. */
  indexLagMs: number;
  /** What `searchAfter` does: goes on there, is not listened to, or names a place that is gone. */
  searchAfter: 'works' | 'ignored' | 'expired';
  /** A quoted `value:` search also finds values that contain the text. */
  looseValues: boolean;
  /**
   * The XSOAR that the Python connector assumed: ids given by the client are kept, a
   * known id is 409 on create, an unknown one 404 on edit, edits replace the whole
   * object, the value included; values need not be unique; deletes go by ids alone.
   */
  compat: boolean;
}

export const defaultBehaviour: Behaviour = {
  ids: 'counter',
  duplicates: 'upsert',
  values: 'as-sent',
  unknownFields: 'store',
  publicEdits: true,
  analyst: false,
  partialEdit: 'merge',
  missingVersion: 'accept',
  missingItem: 'bad-request',
  unknownType: 'accept',
  emptyFilterDelete: 'nothing',
  indexLagMs: 0,
  searchAfter: 'works',
  looseValues: false,
  compat: false,
};

const choices: Readonly<Record<string, readonly unknown[]>> = {
  ids: ['counter', 'md5'],
  duplicates: ['upsert', 'keep', 'replace', 'conflict', 'bad-request'],
  values: ['as-sent', 'lower-case'],
  unknownFields: ['store', 'drop', 'bad-request'],
  publicEdits: [true, false],
  analyst: [true, false],
  partialEdit: ['merge', 'wipe'],
  missingVersion: ['accept', 'reject'],
  missingItem: ['bad-request', 'not-found'],
  unknownType: ['accept', 'bad-request'],
  emptyFilterDelete: ['works', 'nothing', 'error'],
  searchAfter: ['works', 'ignored', 'expired'],
  looseValues: [true, false],
  compat: [true, false],
};

/** The switches of a JSON object that are valid, or the name of the first that is not. */
export function parseBehaviour(value: Record<string, unknown>): Partial<Behaviour> | string {
  for (const [key, one] of Object.entries(value)) {
    const valid =
      key === 'indexLagMs'
        ? typeof one === 'number' && one >= 0
        : Object.hasOwn(choices, key) && choices[key]?.includes(one);
    if (!valid) return `${key}: not a valid switch`;
  }
  return value as Partial<Behaviour>;
}

/** Types of Palo Alto's content that a tenant has, by the names that `indicator_type` takes. */
export const builtInTypes: readonly string[] = [
  'IP',
  'IPv6',
  'CIDR',
  'IPv6CIDR',
  'Domain',
  'DomainGlob',
  'URL',
  'Email',
  'File',
  'Host',
  'Account',
  'Registry Key',
  'CVE',
  'ASN',
  'Onion Address',
  'Cryptocurrency Address',
  'Mutex',
  'Software',
  'Identity',
  'Location',
  'X509 Certificate',
  'Attack Pattern',
  'Campaign',
  'Course of Action',
  'Infrastructure',
  'Intrusion Set',
  'Malware',
  'Report',
  'Threat Actor',
  'Tool',
  'Tactic',
];

/** Some of the indicator fields that Palo Alto's content brings, by CLI name. */
export const builtInFields: readonly string[] = [
  'accounttype',
  'asn',
  'associatedfilenames',
  'category',
  'confidence',
  'cryptocurrencyaddresstype',
  'description',
  'displayname',
  'emailaddress',
  'filetype',
  'firstseenbysource',
  'geocountry',
  'hostname',
  'imphash',
  'keyvalue',
  'killchainphases',
  'lastseenbysource',
  'malwarefamily',
  'md5',
  'path',
  'port',
  'publications',
  'reportedby',
  'service',
  'sha1',
  'sha256',
  'sha512',
  'size',
  'sourceoriginalseverity',
  'ssdeep',
  'stixid',
  'tags',
  'threattypes',
  'trafficlightprotocol',
  'userid',
  'username',
];
