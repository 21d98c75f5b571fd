import { address, boolean, choice, port, text } from '../types/basic.ts';
import { duration } from '../types/duration.ts';
import { secret } from '../types/secrets.ts';
import { define } from './define.ts';

const services = ['ingest', 'worker', 'board'] as const;
/** `xsoar-intel health` asks where they serve. */
const servedTo = [...services, 'operator'] as const;

/** What every process has around its work. */
export const processVariables = {
  METRICS_ENABLE: define({
    group: 'Metrics and health',
    path: 'metrics.enable',
    type: boolean,
    default: 'false',
    description: 'Whether the process serves `/metrics`, `/healthz` and `/readyz`.',
    python: true,
    roles: servedTo,
  }),
  METRICS_ADDR: define({
    group: 'Metrics and health',
    path: 'metrics.addr',
    type: address,
    default: '0.0.0.0',
    description: 'Address that it listens on.',
    python: true,
    roles: servedTo,
  }),
  METRICS_PORT: define({
    group: 'Metrics and health',
    path: 'metrics.port',
    type: port,
    default: '9113',
    description: 'Port that it listens on; 0 takes any free one and logs it.',
    python: true,
    roles: servedTo,
  }),
  BOARD_ADDR: define({
    group: 'Board',
    path: 'board.addr',
    type: address,
    default: '127.0.0.1',
    description: 'Address that the board listens on. Any but loopback needs a user and a password.',
    roles: ['board'],
  }),
  BOARD_PORT: define({
    group: 'Board',
    path: 'board.port',
    type: port,
    default: '3000',
    description: 'Port that the board listens on; 0 takes any free one.',
    roles: ['board'],
  }),
  BOARD_USER: define({
    group: 'Board',
    path: 'board.user',
    type: text(128),
    default: null,
    description: 'Who may see the board.',
    example: 'soc',
    roles: ['board'],
  }),
  BOARD_PASSWORD: define({
    group: 'Board',
    path: 'board.password',
    type: secret,
    default: null,
    description: 'The password for it.',
    secret: true,
    roles: ['board'],
  }),
  BOARD_ACTIONS: define({
    group: 'Board',
    path: 'board.actions',
    type: boolean,
    default: 'false',
    description: 'Whether jobs can be retried and removed on the board. Otherwise it only shows.',
    roles: ['board'],
  }),
  LOG_FORMAT: define({
    group: 'Process',
    path: 'log.format',
    type: choice(['auto', 'json', 'pretty']),
    default: 'auto',
    description: 'Logs as JSON lines or for people. `auto`: for people on a terminal only.',
    roles: services,
  }),
  SHUTDOWN_TIMEOUT: define({
    group: 'Process',
    path: 'process.shutdown_timeout',
    type: duration('100ms', '1h'),
    default: '25s',
    description:
      'How long a process may finish its work after SIGTERM, SIGINT or SIGHUP. Keep it below the grace period of what stops it (Kubernetes: 30 s).',
    roles: services,
  }),
};
