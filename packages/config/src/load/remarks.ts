import type { ConfigNote } from '../problem.ts';
import type { Role } from '../role.ts';
import type { Values, VariableName } from '../variables/table.ts';
import { isLoopback } from './checks.ts';

interface Remark {
  readonly level: ConfigNote['level'];
  readonly variable: VariableName;
  readonly roles: readonly Role[];
  readonly message: string;
  /** Whether it is to be said. */
  when(values: Values, isSet: (name: VariableName) => boolean, now: number): boolean;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a URL sends what is secret over a network without TLS. */
function inClear(text: string | null): boolean {
  if (text === null) return false;
  const url = new URL(text);
  return url.protocol === 'http:' && !isLoopback(url.hostname.replace(/^\[|\]$/g, ''));
}

const remarks: readonly Remark[] = [
  {
    level: 'warning',
    variable: 'CONNECTOR_ID',
    roles: ['ingest'],
    message: 'is no UUID; OpenCTI asks for one (make it with "uuidgen")',
    when: ({ CONNECTOR_ID }) => CONNECTOR_ID !== null && !UUID.test(CONNECTOR_ID),
  },
  {
    level: 'warning',
    variable: 'XSOAR_URL',
    roles: ['worker'],
    message: 'has no TLS (http://): the API key travels in the clear',
    when: ({ XSOAR_URL }) => inClear(XSOAR_URL),
  },
  {
    level: 'note',
    variable: 'OPENCTI_URL',
    roles: ['ingest'],
    message: 'has no TLS (http://): the token travels in the clear',
    when: ({ OPENCTI_URL }) => inClear(OPENCTI_URL),
  },
  {
    level: 'warning',
    variable: 'XSOAR_URL',
    roles: ['worker'],
    message:
      'looks like the web interface of the cloud; its API has a host that begins with "api-"',
    when: ({ XSOAR_URL }) => {
      const host = XSOAR_URL === null ? '' : new URL(XSOAR_URL).hostname;
      return host.endsWith('.paloaltonetworks.com') && !host.startsWith('api-');
    },
  },
  {
    level: 'note',
    variable: 'XSOAR_KEY_ID',
    roles: ['worker'],
    message: 'is not set: XSOAR 6 is assumed (XSOAR 8 and XSIAM need the id of the key)',
    when: ({ XSOAR_KEY_ID, XSOAR_API }) => XSOAR_KEY_ID === null && XSOAR_API === 'auto',
  },
  {
    level: 'warning',
    variable: 'XSOAR_SSL_VERIFY',
    roles: ['worker'],
    message: 'is off: anybody on the way to XSOAR can read the key',
    when: ({ XSOAR_SSL_VERIFY }) => !XSOAR_SSL_VERIFY.verify,
  },
  {
    level: 'warning',
    variable: 'OPENCTI_SSL_VERIFY',
    roles: ['ingest', 'explain'],
    message: 'is off: anybody on the way to OpenCTI can read the token',
    when: ({ OPENCTI_SSL_VERIFY }) => !OPENCTI_SSL_VERIFY.verify,
  },
  {
    level: 'warning',
    variable: 'REDIS_SSL_VERIFY',
    roles: ['ingest', 'worker', 'board', 'operator'],
    message: 'is off: anybody on the way to Redis can read and change what is delivered',
    when: ({ REDIS_SSL_VERIFY }) => !REDIS_SSL_VERIFY.verify,
  },
  {
    level: 'note',
    variable: 'OPENCTI_SSL_VERIFY',
    roles: ['ingest'],
    message:
      'is not set: the certificate is checked, which the Python connector did not do; for a private CA set OPENCTI_CA_FILE',
    when: ({ OPENCTI_URL }, isSet) =>
      !isSet('OPENCTI_SSL_VERIFY') && OPENCTI_URL !== null && OPENCTI_URL.startsWith('https:'),
  },
  {
    level: 'warning',
    variable: 'CONNECTOR_LIVE_STREAM_START_TIMESTAMP',
    roles: ['ingest'],
    message: 'is in the future: nothing is read before then',
    when: ({ CONNECTOR_LIVE_STREAM_START_TIMESTAMP: start }, _isSet, now) =>
      start !== null && start.kind === 'at' && start.ms > now,
  },
  {
    level: 'warning',
    variable: 'CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE',
    roles: ['ingest'],
    message: 'is in the future: the catch-up goes until the present of OpenCTI',
    when: ({ CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: until }, _isSet, now) =>
      until !== null && until !== 'off' && until.kind === 'at' && until.ms > now,
  },
  {
    level: 'warning',
    variable: 'FILTER_PATTERN_TYPES',
    roles: ['worker', 'explain'],
    message:
      'does not have "stix", the only kind of pattern with values for XSOAR: nothing is pushed',
    when: ({ FILTER_PATTERN_TYPES: types }) =>
      types.length > 0 && !types.some((type) => type.toLowerCase() === 'stix'),
  },
  {
    level: 'warning',
    variable: 'DELIVERY_LATE_WINDOW',
    roles: ['worker'],
    message: 'is shorter than XSOAR_TIMEOUT: a request given up may still take effect after it',
    when: ({ DELIVERY_LATE_WINDOW, XSOAR_TIMEOUT }) => DELIVERY_LATE_WINDOW < XSOAR_TIMEOUT,
  },
  {
    level: 'warning',
    variable: 'OTEL_EXPORTER_OTLP_HEADERS',
    roles: ['ingest', 'worker'],
    message: 'travel in the clear: OTEL_EXPORTER_OTLP_ENDPOINT has no TLS (http://)',
    when: ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: headers }) =>
      inClear(url) && Object.keys(headers.reveal()).length > 0,
  },
  {
    level: 'warning',
    variable: 'BOARD_ACTIONS',
    roles: ['board'],
    message: 'lets everybody on this machine change the queue: no BOARD_USER is set',
    when: ({ BOARD_ACTIONS, BOARD_USER }) => BOARD_ACTIONS && BOARD_USER === null,
  },
];

/** What is worth knowing about values that are right. */
export function remarkOn(
  values: Values,
  roles: readonly Role[],
  isSet: (name: VariableName) => boolean,
  now: number,
): ConfigNote[] {
  return remarks
    .filter((remark) => remark.roles.some((role) => roles.includes(role)))
    .filter((remark) => remark.when(values, isSet, now))
    .map(({ level, variable, message }) => ({
      level,
      variable,
      message: `${variable} ${message}`,
    }));
}
