/** One difference from the Python connector that is meant, by the recorded cases it shows in. */
export interface IntendedDifference {
  /** Cases as the recordings name them. */
  cases: readonly string[];
  /** What the Python connector did. */
  before: string;
  /** What this connector does. */
  now: string;
  reason: string;
}

/** Differences in what is sent: id, type, value, score, TLP, tags, dates. */
export const CHANGED: readonly IntendedDifference[] = [
  {
    cases: ['002-ipv4-cidr'],
    before: 'a network as type IP',
    now: 'type CIDR',
    reason: 'XSOAR has a type for networks; an IP with a prefix length matches nothing',
  },
  {
    cases: ['044-or-same-type', '045-or-mixed-types', '054-nested-parentheses', '078-newlines'],
    before: 'only the last value of the observation',
    now: 'every value; the first one of the text has the OpenCTI id as its hint',
    reason: 'the other values were lost',
  },
  {
    cases: ['050-observations-and', '052-followedby', '053-parentheses'],
    before: 'only the value of the first observation',
    now: 'every value',
    reason: 'the other values were lost',
  },
  {
    cases: ['070-escaped-quote'],
    before: "the backslash of the escape in the value (`it\\'s`)",
    now: "the value that the pattern means (`it's`)",
    reason: 'no URL ever seen has that backslash',
  },
  {
    cases: ['089-hash-upper'],
    before: 'a hash in upper case',
    now: 'in lower case',
    reason: 'XSOAR and its feeds write hashes in lower case; the value is the key',
  },
  {
    cases: ['109-tlp-clear'],
    before: 'TLP `CLEAR`',
    now: '`WHITE`',
    reason: "XSOAR's list has no CLEAR, so filters and playbooks miss it (`tlp: keep` restores it)",
  },
  {
    cases: ['112-tlp-amber-strict'],
    before: 'TLP `AMBER+STRICT`',
    now: '`AMBER` and the tag `tlp:amber+strict`',
    reason: "XSOAR's list has no AMBER+STRICT (`tlp: keep` restores it)",
  },
  {
    cases: ['128-revoked'],
    before: 'a revoked indicator like any other',
    now: 'expired at the time of its last change',
    reason: 'what OpenCTI has revoked must not go on to block anything',
  },
];

/** Events that the Python connector sent and this one does not. */
export const NO_LONGER_SENT: readonly IntendedDifference[] = [
  {
    cases: ['061-like', '062-matches'],
    before: 'the pattern of LIKE or MATCHES as a value',
    now: 'not sent: no-observed-value',
    reason: '`%.evil.example.com` is not a domain',
  },
  {
    cases: ['064-issuperset', '065-not-equal', '066-not-prefix'],
    before: 'the value of ISSUPERSET, of `!=` and behind NOT',
    now: 'not sent: no-observed-value',
    reason: 'the pattern says that something else was seen: the very value to leave alone',
  },
  {
    cases: ['081-defanged-unparsable', '082-unparsable-with-and'],
    before: 'a value cut out of a pattern that is not STIX (once right, once `18.18.18.19 AND`)',
    now: 'not sent: pattern-syntax, with the place of the error',
    reason: 'what a broken pattern means is a guess, and a wrong guess blocks something',
  },
];

/** Events that the Python connector skipped or died of, and this one sends. */
export const NEWLY_SENT: readonly IntendedDifference[] = [
  {
    cases: ['014-file-sha256-unquoted', '024-file-ssdeep', '049-and-hash-name'],
    before: 'skipped: another spelling, algorithm or order of hashes',
    now: 'type File',
    reason: 'all spellings of a hash are one',
  },
  {
    cases: ['020-autonomous-system'],
    before: 'skipped',
    now: 'type ASN',
    reason: 'XSOAR has the type since 6.5',
  },
  {
    cases: ['026-software', '029-x509-serial', '032-cryptocurrency-wallet'],
    before: 'skipped',
    now: 'types Software, X509 Certificate, Cryptocurrency Address',
    reason: 'XSOAR has these types',
  },
  {
    cases: ['060-in-set'],
    before: 'a list as value, answered with 400',
    now: 'an indicator for each value',
    reason: 'IN names values like `=`',
  },
  {
    cases: ['094-stix-upper', '134-no-pattern-type'],
    before: 'the process ended',
    now: 'sent',
    reason: 'the pattern type is compared without case, and STIX 2.0 has none',
  },
  {
    cases: ['108-score-string'],
    before: 'the process ended',
    now: 'the score is read as a number',
    reason: 'some sources write it as text',
  },
  {
    cases: ['116-tlp-null', '121-created-by-unknown'],
    before: 'the process ended',
    now: 'sent without TLP or author',
    reason: 'a field that cannot be used must not cost the indicator',
  },
];

/** Differences that show in every event. */
export const EVERYWHERE: readonly Omit<IntendedDifference, 'cases'>[] = [
  {
    before:
      'the whole STIX object in CustomFields, with `splunk_queries`, `mapped_values`, `values`',
    now: 'only the fields of the tables above',
    reason:
      'most of those names cannot be XSOAR fields at all (they have underscores) or are reserved (`id`, `name`, `type`, `score`, `modified`); the payload had no bound',
  },
  {
    before: '`tags` and `stixId` on the indicator itself',
    now: 'only in CustomFields',
    reason: 'the indicator has no such fields',
  },
  {
    before:
      '`manuallyEditedFields`, `isDetectable`, `isPreventable`, `sourceInstances`, `entityId`',
    now: 'not sent',
    reason: 'they pin fields that nobody edited, or are not fields of an indicator',
  },
  {
    before: '`manually` and `seenNow` true on every create',
    now: 'left to the writer, false by default',
    reason: 'a back-fill is not a sighting',
  },
  {
    before: '`reportedby` as a text, or null',
    now: 'a list',
    reason: "the field's type is tagsSelect",
  },
  {
    before: '`tags` null without labels',
    now: '`[]`',
    reason: "the field's type is tagsSelect",
  },
  {
    before: '`comment` with the description',
    now: 'the description is only in its own field (`descriptionAsComment` restores it)',
    reason: "each update replaced an analyst's comment",
  },
  {
    before: "OpenCTI's score as CustomFields `score`",
    now: '`sourceoriginalseverity`',
    reason: '`score` is reserved',
  },
  {
    before: "the author's name as CustomFields `created_by`",
    now: 'only `reportedby`',
    reason: 'the same name twice',
  },
];
