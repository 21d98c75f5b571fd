import { boolean, choice, integer } from '../types/basic.ts';
import { duration } from '../types/duration.ts';
import { list, listOf } from '../types/lists.ts';
import { define } from './define.ts';

const roles = ['worker', 'explain'] as const;

/** What is kept away from XSOAR; all off by default, all counted by reason. */
export const filterVariables = {
  FILTER_MIN_SCORE: define({
    group: 'Filters',
    path: 'filter.min_score',
    type: integer(0, 100),
    default: null,
    description: 'Lowest OpenCTI score that is pushed; an indicator without a score counts as 0.',
    example: '50',
    roles,
  }),
  FILTER_LABELS_INCLUDE: define({
    group: 'Filters',
    path: 'filter.labels_include',
    type: list(),
    default: '',
    description:
      'An indicator needs one of these labels. Any case; `*` at the end takes any ending.',
    example: 'block,apt-*',
    roles,
  }),
  FILTER_LABELS_EXCLUDE: define({
    group: 'Filters',
    path: 'filter.labels_exclude',
    type: list(),
    default: '',
    description: 'An indicator with one of these labels is left out. Written like the above.',
    example: 'test,false-positive',
    roles,
  }),
  FILTER_MAX_TLP: define({
    group: 'Filters',
    path: 'filter.max_tlp',
    type: choice(['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'], {
      white: 'CLEAR',
      'tlp:white': 'CLEAR',
      'tlp:clear': 'CLEAR',
      'tlp:green': 'GREEN',
      'tlp:amber': 'AMBER',
      'tlp:amber+strict': 'AMBER+STRICT',
      'tlp:red': 'RED',
    }),
    default: null,
    description: 'Most restricted marking that is pushed; an indicator without one passes.',
    example: 'AMBER',
    roles,
  }),
  FILTER_PATTERN_TYPES: define({
    group: 'Filters',
    path: 'filter.pattern_types',
    type: list(),
    default: '',
    description: 'Kinds of pattern that are pushed; only `stix` can be.',
    example: 'stix',
    roles,
  }),
  FILTER_OBSERVABLE_TYPES: define({
    group: 'Filters',
    path: 'filter.observable_types',
    type: list(),
    default: '',
    description: 'Main observable types that are pushed, named as OpenCTI does or as patterns do.',
    example: 'IPv4-Addr,Domain-Name,StixFile',
    roles,
  }),
  FILTER_MAX_AGE: define({
    group: 'Filters',
    path: 'filter.max_age',
    type: duration('1m', '36500d'),
    default: null,
    description: 'Longest time since an indicator was created.',
    example: '365d',
    roles,
  }),
  FILTER_EVENT_TYPES: define({
    group: 'Filters',
    path: 'filter.event_types',
    type: listOf(choice(['create', 'update', 'delete', 'merge'])),
    default: '',
    description: 'Kinds of event that are followed; none named: all.',
    example: 'create,update',
    roles: ['ingest', 'worker', 'explain'],
  }),
  FILTER_NEVER_PUSH: define({
    group: 'Filters',
    path: 'filter.never_push',
    type: list(),
    default: '',
    description:
      'Values that are never pushed: a domain with all names under it, an IP address or network (CIDR), or any exact value. A long list goes into a file, one a line, `#` for comments.',
    example: 'example.com,192.0.2.0/24',
    fromFile: true,
    roles,
  }),
  FILTER_NEVER_PUSH_PRIVATE: define({
    group: 'Filters',
    path: 'filter.never_push_private',
    type: boolean,
    default: 'false',
    description: 'Whether private, loopback, link-local and reserved addresses are left out too.',
    roles,
  }),
};
