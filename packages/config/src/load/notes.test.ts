import { describe, expect, it } from 'vitest';
import type { Role } from '../role.ts';
import { INGEST, load, WORKER } from '../testing/load.ts';

describe('notes', () => {
  const notesOf = (role: Role, env: Record<string, string>) =>
    load(role, env).notes.map(({ message }) => message);

  it('tell of names in the environment that look like one of ours mistyped', () => {
    expect(notesOf('worker', { ...WORKER, METRICS_ADDRESS: '::1', XSOAR_KEYFILE: '/x' })).toEqual([
      'METRICS_ADDRESS is unknown; did you mean METRICS_ADDR?',
      'XSOAR_KEYFILE is unknown; did you mean XSOAR_KEY_FILE?',
    ]);
    expect(notesOf('worker', { ...WORKER, XSOAR_URL_FILE: '/x' })).toEqual([
      'XSOAR_URL_FILE has no effect: XSOAR_URL is no secret and is set directly',
    ]);
  });

  it('leave the environment of others alone', () => {
    const others = {
      PATH: '/bin',
      REDIS_SERVICE_HOST: '10.0.0.1',
      REDIS_PORT_6379_TCP: 'tcp://10.0.0.1:6379',
      XSOAR_INTEL_WORKER_SERVICE_PORT: '9113',
      CONNECTOR: 'x',
      OTEL_RESOURCE_ATTRIBUTES: 'a=b',
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces',
    };
    expect(notesOf('worker', { ...WORKER, ...others })).toEqual([]);
  });

  it('tell of variables that only the Python connector has', () => {
    expect(notesOf('worker', { ...WORKER, CONNECTOR_TYPE: 'STREAM' })).toEqual([
      'CONNECTOR_TYPE has no effect here: it is always registered as STREAM',
    ]);
  });

  it('tell what is probably not meant so', () => {
    const quiet = { ...INGEST, OPENCTI_SSL_VERIFY: 'true' };
    expect(notesOf('ingest', quiet)).toEqual([]);
    expect(notesOf('ingest', INGEST)[0]).toContain('the Python connector did not do');
    expect(notesOf('ingest', { ...quiet, OPENCTI_SSL_VERIFY: 'no' })[0]).toContain('is off');
    expect(notesOf('ingest', { ...quiet, CONNECTOR_ID: 'xsoar-1' })[0]).toContain('no UUID');
    expect(notesOf('ingest', { ...quiet, OPENCTI_URL: 'http://opencti:8080' })[0]).toContain('TLS');
    expect(notesOf('ingest', { ...quiet, OPENCTI_URL: 'http://127.0.0.1:1' })).toEqual([]);
    expect(notesOf('ingest', { ...quiet, OPENCTI_URL: 'http://[::1]:1' })).toEqual([]);
    expect(
      notesOf('ingest', { ...quiet, CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '2099-01-01' })[0],
    ).toContain('future');
    expect(
      notesOf('ingest', { ...quiet, CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: '2099-01-01' })[0],
    ).toContain('future');
    expect(notesOf('worker', { ...WORKER, XSOAR_URL: 'http://xsoar' })[0]).toContain('TLS');
    expect(
      notesOf('worker', { ...WORKER, XSOAR_URL: 'https://t.xdr.eu.paloaltonetworks.com' })[0],
    ).toContain('"api-"');
    expect(notesOf('worker', { ...WORKER, XSOAR_KEY_ID: '' })[0]).toContain('XSOAR 6');
    expect(notesOf('worker', { ...WORKER, FILTER_PATTERN_TYPES: 'yara' })[0]).toContain('stix');
    expect(notesOf('worker', { ...WORKER, DELIVERY_LATE_WINDOW: '5s' })[0]).toContain(
      'XSOAR_TIMEOUT',
    );
    const collector = { ...WORKER, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
    expect(notesOf('worker', collector)).toEqual([]);
    expect(notesOf('worker', { ...collector, OTEL_EXPORTER_OTLP_HEADERS: 'key=x' })[0]).toContain(
      'in the clear',
    );
    expect(notesOf('board', { ...WORKER, BOARD_ACTIONS: 'yes' })[0]).toContain('BOARD_USER');
  });
});
