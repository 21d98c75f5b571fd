import { choice, identifier, text } from '../types/basic.ts';
import { confidence } from '../types/confidence.ts';
import { list } from '../types/lists.ts';
import { define } from './define.ts';

/** Who this connector is. */
export const connectorVariables = {
  CONNECTOR_ID: define({
    group: 'Connector',
    path: 'connector.id',
    type: identifier,
    default: null,
    description:
      'Identity of this connector in OpenCTI and the prefix of all its keys in Redis: a UUID of its own. Every process of one connector has the same. Keep the Python connector’s to take over its position.',
    example: '0f5c2d6e-3f0b-4c59-9b40-6f3a3f4de2a1',
    python: true,
    roles: ['ingest', 'worker', 'board', 'operator'],
    requiredBy: ['ingest', 'worker', 'board', 'operator'],
  }),
  CONNECTOR_NAME: define({
    group: 'Connector',
    path: 'connector.name',
    type: text(256),
    default: 'PAN Cortex XSOAR Intel',
    description:
      'Name of the connector in OpenCTI, in the source of indicators and in the metrics that the Python connector had.',
    python: true,
    roles: ['ingest', 'worker', 'board', 'operator', 'explain'],
  }),
  CONNECTOR_SCOPE: define({
    group: 'Connector',
    path: 'connector.scope',
    type: list(),
    default: 'xsoar',
    description: 'Scope that is registered in OpenCTI. It has no effect on a stream connector.',
    python: true,
    roles: ['ingest'],
  }),
  CONNECTOR_CONFIDENCE_LEVEL: define({
    group: 'Connector',
    path: 'connector.confidence_level',
    type: confidence,
    default: null,
    description:
      'Confidence of indicators that state none, in percent. 1 to 4 are read on OpenCTI’s old scale: 15, 50, 75, 85.',
    example: '80',
    python: true,
    roles: ['worker', 'explain'],
  }),
  CONNECTOR_LOG_LEVEL: define({
    group: 'Connector',
    path: 'connector.log_level',
    type: choice(['debug', 'info', 'warn', 'error'], {
      warning: 'warn',
      critical: 'error',
      fatal: 'error',
    }),
    default: 'info',
    description:
      'How much is logged. `warning` and `critical` of the Python connector are taken too.',
    python: true,
    roles: ['ingest', 'worker', 'board', 'operator', 'explain'],
  }),
};
