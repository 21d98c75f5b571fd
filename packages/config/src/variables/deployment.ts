import { boolean, identifier, text } from '../types/basic.ts';
import { define } from './define.ts';

/** Telling OpenCTI what became of indicators; the names are those of OpenCTI's own connectors. */
export const deploymentVariables = {
  DEPLOYMENT_REPORTING_ENABLED: define({
    group: 'OpenCTI',
    path: 'deployment.reporting_enabled',
    type: boolean,
    default: 'false',
    description:
      'Whether OpenCTI is told what became of each indicator (deployed, failed, removed), where the platform offers that; others are left alone. Ingest and workers need the same value.',
    roles: ['ingest', 'worker'],
  }),
  SECURITY_PLATFORM_NAME: define({
    group: 'OpenCTI',
    path: 'security_platform.name',
    type: text(256),
    default: 'Cortex XSOAR',
    description:
      'Name of the security platform that stands for this XSOAR in OpenCTI. It is created if there is none. Several XSOAR need several names.',
    roles: ['ingest'],
  }),
  SECURITY_PLATFORM_TYPE: define({
    group: 'OpenCTI',
    path: 'security_platform.type',
    type: text(256),
    default: 'SOAR',
    description: 'Its type, of OpenCTI’s vocabulary `security_platform_type_ov`.',
    roles: ['ingest'],
  }),
  SECURITY_PLATFORM_ID: define({
    group: 'OpenCTI',
    path: 'security_platform.id',
    type: identifier,
    default: null,
    description: 'Id of a security platform that exists in OpenCTI, instead of its name.',
    example: '3f1c9a52-6e0b-4c5b-8f33-0a4d3c0e9c12',
    roles: ['ingest'],
  }),
};
