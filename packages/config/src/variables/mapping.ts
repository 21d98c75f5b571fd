import { boolean, choice, integer, text } from '../types/basic.ts';
import { thresholds, typesByObservable } from '../types/lists.ts';
import { define } from './define.ts';

const roles = ['worker', 'explain'] as const;

/** How indicators look in XSOAR. */
export const mappingVariables = {
  XSOAR_SOURCE: define({
    group: 'Mapping',
    path: 'xsoar.source',
    type: text(256),
    default: null,
    description:
      'Source that XSOAR shows. Unset: `OpenCTI` and the connector’s name, as the Python connector sent it.',
    example: 'OpenCTI production',
    roles,
  }),
  XSOAR_MULTI_VALUE: define({
    group: 'Mapping',
    path: 'xsoar.multi_value',
    type: choice(['expand', 'first']),
    default: 'expand',
    description:
      'What becomes of a pattern with several values: an indicator for each, or for the first only as in the Python connector.',
    roles,
  }),
  XSOAR_MAX_VALUES: define({
    group: 'Mapping',
    path: 'xsoar.max_values',
    type: integer(1, 10_000),
    default: '500',
    description: 'Most XSOAR indicators made of one OpenCTI indicator.',
    roles,
  }),
  XSOAR_SCORE_THRESHOLDS: define({
    group: 'Mapping',
    path: 'xsoar.score_thresholds',
    type: thresholds,
    default: '1,31,61',
    description:
      'Lowest OpenCTI scores of the verdicts Good, Suspicious and Bad; below the first it is Unknown. The default is the Python connector’s; Palo Alto’s OpenCTI feed has `0,21,71`.',
    roles,
  }),
  XSOAR_MANUAL_SCORE: define({
    group: 'Mapping',
    path: 'xsoar.manual_score',
    type: boolean,
    default: 'true',
    description:
      'Whether the score is pinned against XSOAR’s own enrichment, as the Python connector did.',
    roles,
  }),
  XSOAR_TLP: define({
    group: 'Mapping',
    path: 'xsoar.tlp',
    type: choice(['xsoar', 'keep']),
    default: 'xsoar',
    description:
      'Spelling of levels that XSOAR’s list lacks. `xsoar`: CLEAR is WHITE, AMBER+STRICT is AMBER with a tag. `keep`: as the Python connector sent them.',
    roles,
  }),
  XSOAR_SERVER_DATES: define({
    group: 'Mapping',
    path: 'xsoar.server_dates',
    type: boolean,
    default: 'true',
    description:
      'Whether `timestamp` and `firstSeen` of the indicator itself are set, as the Python connector did, and not only the fields of the source.',
    roles,
  }),
  XSOAR_DESCRIPTION_AS_COMMENT: define({
    group: 'Mapping',
    path: 'xsoar.description_as_comment',
    type: boolean,
    default: 'false',
    description: 'Whether the description is also sent as comment, as the Python connector did.',
    roles,
  }),
  XSOAR_EXPIRE_REVOKED: define({
    group: 'Mapping',
    path: 'xsoar.expire_revoked',
    type: boolean,
    default: 'true',
    description: 'Whether a revoked indicator expires in XSOAR at once.',
    roles,
  }),
  XSOAR_RELIABILITY_FIELD: define({
    group: 'Mapping',
    path: 'xsoar.reliability_field',
    type: text(128),
    default: null,
    description:
      'Name of a text field of yours that takes the reliability (A to F) made of the confidence; the API has no other place for it.',
    example: 'openctireliability',
    roles,
  }),
  XSOAR_EXTRA_TYPES: define({
    group: 'Mapping',
    path: 'xsoar.extra_types',
    type: typesByObservable,
    default: '',
    description:
      'Indicator types of yours for observables that XSOAR has none for, as pairs of observable and type.',
    example: 'user-agent:value=User Agent,mutex:name=Lock',
    roles,
  }),
};
