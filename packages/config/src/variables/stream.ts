import { boolean, identifier } from '../types/basic.ts';
import { bytes } from '../types/bytes.ts';
import { duration } from '../types/duration.ts';
import { recoverPoint, startPoint } from '../types/moments.ts';
import { define } from './define.ts';

/** Which stream is read, and from where. */
export const streamVariables = {
  CONNECTOR_LIVE_STREAM_ID: define({
    group: 'Live stream',
    path: 'connector.live_stream_id',
    type: identifier,
    default: null,
    description: 'Id of the live stream, from Data sharing in OpenCTI.',
    example: '6c1d4a0e-1c0b-4a61-8a3e-0a4d3c0e9c11',
    python: true,
    roles: ['ingest'],
    requiredBy: ['ingest'],
  }),
  CONNECTOR_LIVE_STREAM_LISTEN_DELETE: define({
    group: 'Live stream',
    path: 'connector.live_stream_listen_delete',
    type: boolean,
    default: 'true',
    description:
      'Whether what is deleted in OpenCTI, or leaves the stream’s filter, goes from XSOAR.',
    python: true,
    roles: ['ingest'],
  }),
  CONNECTOR_LIVE_STREAM_NO_DEPENDENCIES: define({
    group: 'Live stream',
    path: 'connector.live_stream_no_dependencies',
    type: boolean,
    default: 'true',
    description:
      'Whether relations around an object, and what is at their other end, stay out of the stream. Nothing of them goes to XSOAR: `false` only makes the stream longer. Authors and markings are sent either way.',
    python: true,
    roles: ['ingest'],
  }),
  CONNECTOR_LIVE_STREAM_WITH_INFERENCES: define({
    group: 'Live stream',
    path: 'connector.live_stream_with_inferences',
    type: boolean,
    default: 'false',
    description: 'Whether objects that OpenCTI’s rules inferred are sent too.',
    python: true,
    roles: ['ingest'],
  }),
  CONNECTOR_LIVE_STREAM_START_TIMESTAMP: define({
    group: 'Live stream',
    path: 'connector.live_stream_start_timestamp',
    type: startPoint,
    default: null,
    description:
      'Where the very first start begins; a saved position wins. Epoch milliseconds as in the Python connector, or a date, or how long ago. Unset: the oldest event that OpenCTI keeps, after the catch-up.',
    example: 'P30D',
    python: true,
    roles: ['ingest'],
  }),
  CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: define({
    group: 'Live stream',
    path: 'connector.live_stream_recover_iso_date',
    type: recoverPoint,
    default: null,
    description:
      'Until when the very first start catches up from OpenCTI’s database, beginning at the start timestamp. Unset: until now. `no`, `none` or `false`: no catch-up. A catch-up never has deletes.',
    example: '2026-01-31T12:00:00Z',
    python: true,
    roles: ['ingest'],
  }),
  CONNECTOR_LIVE_STREAM_RECOVER: define({
    group: 'Live stream',
    path: 'connector.live_stream_recover',
    type: boolean,
    default: 'true',
    description:
      'Whether the very first start, and a start after a gap in the stream, catch up from OpenCTI’s database at all. `false` wins over `CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE`.',
    python: true,
    roles: ['ingest'],
  }),
  STREAM_SILENCE_TIMEOUT: define({
    group: 'Live stream',
    path: 'stream.silence_timeout',
    type: duration('6s', '10m'),
    default: '45s',
    description: 'After so long without anything, not even a heartbeat, the stream is read anew.',
    roles: ['ingest'],
  }),
  STREAM_MAX_EVENT_SIZE: define({
    group: 'Live stream',
    path: 'stream.max_event_size',
    type: bytes('64KiB', '64MiB'),
    default: '4MiB',
    description: 'A larger event is set aside, and counted, instead of read.',
    roles: ['ingest'],
  }),
};
