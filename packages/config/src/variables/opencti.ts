import { path } from '../types/basic.ts';
import { headers, secret } from '../types/secrets.ts';
import { certificates, trust } from '../types/trust.ts';
import { webUrl } from '../types/urls.ts';
import { define } from './define.ts';

/** How to reach OpenCTI. */
export const openctiVariables = {
  OPENCTI_URL: define({
    group: 'OpenCTI',
    path: 'opencti.url',
    type: webUrl,
    default: null,
    description:
      'Base URL of the OpenCTI platform. Worker and board use it for links back to OpenCTI, where it is set.',
    example: 'https://opencti.example.com',
    python: true,
    roles: ['ingest', 'worker', 'board', 'explain'],
    requiredBy: ['ingest'],
  }),
  OPENCTI_TOKEN: define({
    group: 'OpenCTI',
    path: 'opencti.token',
    type: secret,
    default: null,
    description:
      'API token of an OpenCTI user that may read the stream and register connectors. Give the connector a user of its own.',
    secret: true,
    python: true,
    roles: ['ingest', 'explain'],
    requiredBy: ['ingest'],
  }),
  OPENCTI_SSL_VERIFY: define({
    group: 'OpenCTI',
    path: 'opencti.ssl_verify',
    type: trust,
    default: 'true',
    description:
      'Whether the certificate of OpenCTI is checked. **The Python connector did not check unless told to**; here the safe way is the default. For a private CA set `OPENCTI_CA_FILE` rather than `false`.',
    python: true,
    roles: ['ingest', 'explain'],
  }),
  OPENCTI_CA_FILE: define({
    group: 'OpenCTI',
    path: 'opencti.ca_file',
    type: path,
    default: null,
    description: 'File with CA certificates (PEM) that are trusted besides the public ones.',
    example: '/etc/ssl/private-ca.pem',
    roles: ['ingest', 'explain'],
  }),
  OPENCTI_CUSTOM_HEADERS: define({
    group: 'OpenCTI',
    path: 'opencti.custom_headers',
    type: headers,
    default: '',
    description:
      'Further headers for a proxy in front of OpenCTI. Sent with GraphQL and, unlike the Python connector, with the stream too.',
    example: 'CF-Access-Client-Id:abc;CF-Access-Client-Secret:def',
    secret: true,
    python: true,
    roles: ['ingest', 'explain'],
  }),
  HTTPS_CA_CERTIFICATES: define({
    group: 'OpenCTI',
    path: 'tls.ca_certificates',
    type: certificates,
    default: null,
    description:
      'CA certificates, as PEM text or the path of a file, for OpenCTI and XSOAR alike. `OPENCTI_CA_FILE` and `XSOAR_CA_FILE` come before it.',
    python: true,
    roles: ['ingest', 'worker', 'explain'],
  }),
};
