import { choice, path, text } from '../types/basic.ts';
import { duration } from '../types/duration.ts';
import { secret } from '../types/secrets.ts';
import { trust } from '../types/trust.ts';
import { webUrl } from '../types/urls.ts';
import { define } from './define.ts';

/** How to reach XSOAR. */
export const xsoarVariables = {
  XSOAR_URL: define({
    group: 'XSOAR',
    path: 'xsoar.url',
    type: webUrl,
    default: null,
    description:
      'URL of the XSOAR API. In the cloud it begins with `api-`. A path such as `/xsoar/public/v1` is added as `XSOAR_API` says.',
    example: 'https://api-tenant.xdr.eu.paloaltonetworks.com',
    python: true,
    roles: ['worker'],
    requiredBy: ['worker'],
  }),
  XSOAR_KEY_ID: define({
    group: 'XSOAR',
    path: 'xsoar.key_id',
    type: text(256),
    default: null,
    description: 'Id of the API key (XSOAR 8, XSIAM). XSOAR 6 has none: leave it unset.',
    example: '12',
    python: true,
    roles: ['worker'],
  }),
  XSOAR_KEY: define({
    group: 'XSOAR',
    path: 'xsoar.key',
    type: secret,
    default: null,
    description: 'The API key. Its role needs no more than editing indicators.',
    secret: true,
    python: true,
    roles: ['worker'],
    requiredBy: ['worker'],
  }),
  XSOAR_DELETE_MODE: define({
    group: 'XSOAR',
    path: 'xsoar.delete_mode',
    type: choice(['delete', 'expire', 'tag', 'ignore']),
    default: 'delete',
    description:
      'What becomes of an XSOAR indicator that nothing in OpenCTI stands behind any more, because it was deleted, left the stream’s filter, is filtered out here, or has another pattern: it is deleted, expires at once, gets the tag of `XSOAR_DELETE_TAG`, or stays as it is.',
    roles: ['worker'],
  }),
  XSOAR_DELETE_TAG: define({
    group: 'XSOAR',
    path: 'xsoar.delete_tag',
    type: text(128),
    default: 'opencti-deleted',
    description:
      'With `XSOAR_DELETE_MODE=tag`: the tag. It goes again when the indicator comes back.',
    roles: ['worker'],
  }),
  XSOAR_KEY_TYPE: define({
    group: 'XSOAR',
    path: 'xsoar.key_type',
    type: choice(['auto', 'standard', 'advanced']),
    default: 'auto',
    description:
      'Security level of the key as chosen when it was made. `auto` finds out: a key of the other kind is answered with 401.',
    roles: ['worker'],
  }),
  XSOAR_API: define({
    group: 'XSOAR',
    path: 'xsoar.api',
    type: choice(['auto', '8', '8-internal', '6']),
    default: 'auto',
    description:
      'Which API is spoken: `8` (`/xsoar/public/v1`, also XSIAM), `8-internal` (`/xsoar`), `6` (no prefix). `auto`: 8 with a key id, 6 without.',
    roles: ['worker'],
  }),
  XSOAR_TENANT: define({
    group: 'XSOAR',
    path: 'xsoar.tenant',
    type: text(128),
    default: null,
    description: 'Child account of a multi-tenant XSOAR 6, without `acc_`.',
    example: 'Acme',
    roles: ['worker'],
  }),
  XSOAR_SSL_VERIFY: define({
    group: 'XSOAR',
    path: 'xsoar.ssl_verify',
    type: trust,
    default: 'true',
    description:
      'Whether the certificate of XSOAR is checked. For a private CA set `XSOAR_CA_FILE`.',
    python: true,
    roles: ['worker'],
  }),
  XSOAR_CA_FILE: define({
    group: 'XSOAR',
    path: 'xsoar.ca_file',
    type: path,
    default: null,
    description: 'File with CA certificates (PEM) that are trusted besides the public ones.',
    example: '/etc/ssl/private-ca.pem',
    roles: ['worker'],
  }),
  XSOAR_TIMEOUT: define({
    group: 'XSOAR',
    path: 'xsoar.timeout',
    type: duration('100ms', '10m'),
    default: '30s',
    description: 'Longest time for one request. The Python connector waited for ever.',
    roles: ['worker'],
  }),
  XSOAR_CONCURRENCY: define({
    group: 'XSOAR',
    path: 'xsoar.concurrency',
    type: choice(['fixed', 'adaptive']),
    default: 'fixed',
    description:
      '`fixed`: a worker makes `CONNECTOR_CONSUMER_COUNT` deliveries at a time. `adaptive`: that is the most; it begins with one, makes more while XSOAR answers as quickly as it does without a queue, and fewer when answers become slow, are 5xx or 429, or do not come.',
    roles: ['worker'],
  }),
};
