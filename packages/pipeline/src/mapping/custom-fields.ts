/** One custom field that the mapping may set. */
export interface CustomFieldInfo {
  /** XSOAR's CLI name. */
  name: string;
  /** XSOAR's field type. */
  kind: string;
  /** What it holds, and when it is left out. */
  from: string;
}

/**
 * The custom fields of every indicator. The first four are those that the Python connector set on
 * purpose, under the same names.
 */
export const COMMON_FIELDS: readonly CustomFieldInfo[] = [
  { name: 'tags', kind: 'tagsSelect', from: 'labels; `[]` without any' },
  {
    name: 'reportedby',
    kind: 'tagsSelect',
    from: 'name of `created_by_ref`, as a list; `[]` without an author; left out while the name is not known',
  },
  { name: 'stixid', kind: 'shortText', from: 'STIX id' },
  {
    name: 'trafficlightprotocol',
    kind: 'singleSelect',
    from: 'most restrictive TLP marking; null without any',
  },
  { name: 'description', kind: 'longText', from: 'description; left out without one' },
  {
    name: 'confidence',
    kind: 'shortText',
    from: 'confidence, 0 to 100 as text; without one `CONNECTOR_CONFIDENCE_LEVEL`',
  },
  {
    name: 'sourceoriginalseverity',
    kind: 'shortText',
    from: "OpenCTI's own score, 0 to 100 as text; left out without one",
  },
  { name: 'firstseenbysource', kind: 'date', from: '`valid_from`, else `created`' },
  { name: 'lastseenbysource', kind: 'date', from: '`modified`' },
  {
    name: 'killchainphases',
    kind: 'multiSelect',
    from: '`kill_chain_phases` that XSOAR knows; left out without any',
  },
  {
    name: 'publications',
    kind: 'grid (title, source, link, timestamp)',
    from: 'link to the OpenCTI object, then `external_references`; left out without any',
  },
];

/** The custom fields that come from the pattern, by XSOAR type. */
export const TYPE_FIELDS: readonly (CustomFieldInfo & { type: string })[] = [
  { type: 'File', name: 'md5', kind: 'shortText', from: '`hashes.MD5`' },
  { type: 'File', name: 'sha1', kind: 'shortText', from: "`hashes.'SHA-1'`" },
  { type: 'File', name: 'sha256', kind: 'shortText', from: "`hashes.'SHA-256'`" },
  { type: 'File', name: 'sha512', kind: 'shortText', from: "`hashes.'SHA-512'`" },
  { type: 'File', name: 'ssdeep', kind: 'shortText', from: '`hashes.SSDEEP`' },
  {
    type: 'File',
    name: 'imphash',
    kind: 'shortText',
    from: "`hashes.IMPHASH`, `extensions.'windows-pebinary-ext'.imphash`",
  },
  { type: 'File', name: 'associatedfilenames', kind: 'multiSelect', from: '`name`' },
  { type: 'File', name: 'size', kind: 'number', from: '`size`' },
  { type: 'File', name: 'filetype', kind: 'shortText', from: '`mime_type`' },
  { type: 'File', name: 'path', kind: 'shortText', from: '`parent_directory_ref.path`' },
  {
    type: 'Registry Key',
    name: 'keyvalue',
    kind: 'grid (name, type, data)',
    from: '`values[i].name`, `.data_type`, `.data`',
  },
  { type: 'Account', name: 'userid', kind: 'shortText', from: '`user_id` beside a login' },
  { type: 'Account', name: 'displayname', kind: 'shortText', from: '`display_name`' },
  { type: 'Account', name: 'accounttype', kind: 'shortText', from: '`account_type`' },
  {
    type: 'IP, IPv6, Domain',
    name: 'port',
    kind: 'tagsSelect',
    from: 'port written after the address (`1.2.3.4:8080`); `network-traffic:dst_port` beside one `dst_ref.value`',
  },
  {
    type: 'Cryptocurrency Address',
    name: 'cryptocurrencyaddresstype',
    kind: 'shortText',
    from: '`bitcoin` or `ethereum`, by the form of the address',
  },
];

/**
 * Names that XSOAR keeps for itself (demisto-sdk refuses them for indicator fields): never in
 * CustomFields. The Python connector sent several of them.
 */
export const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'modified',
  'type',
  'rawname',
  'name',
  'createdtime',
  'investigationids',
  'investigationscount',
  'isioc',
  'score',
  'lastseen',
  'lastreputationrun',
  'firstseen',
  'calculatedtime',
  'source',
  'rawsource',
  'manualscore',
  'setby',
  'manualsettime',
  'comment',
  'modifiedtime',
  'sourceinstances',
  'sourcebrands',
  'context',
  'expiration',
  'expirationstatus',
  'manuallyeditedfields',
  'moduletofeedmap',
  'isshared',
]);

/** Whether a text can be the CLI name of an operator's own field: lower case letters and digits. */
export function isCustomFieldName(name: string): boolean {
  if (name === '' || name.length > 64 || RESERVED_FIELDS.has(name)) return false;
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    const letter = code >= 0x61 && code <= 0x7a;
    const digit = code >= 0x30 && code <= 0x39;
    if (!letter && !digit) return false;
  }
  return true;
}
