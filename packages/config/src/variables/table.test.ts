import { describe, expect, it } from 'vitest';
import { ROLES } from '../role.ts';
import { ignoredVariables } from './ignored.ts';
import { variables } from './table.ts';

/** Names, places and defaults of the Python connector's own page. */
const PYTHON = [
  ['OPENCTI_URL', 'opencti.url', null],
  ['OPENCTI_TOKEN', 'opencti.token', null],
  ['CONNECTOR_ID', 'connector.id', null],
  ['CONNECTOR_NAME', 'connector.name', 'PAN Cortex XSOAR Intel'],
  ['CONNECTOR_SCOPE', 'connector.scope', 'xsoar'],
  ['CONNECTOR_LIVE_STREAM_ID', 'connector.live_stream_id', null],
  ['CONNECTOR_LIVE_STREAM_LISTEN_DELETE', 'connector.live_stream_listen_delete', 'true'],
  ['CONNECTOR_LIVE_STREAM_NO_DEPENDENCIES', 'connector.live_stream_no_dependencies', 'true'],
  ['CONNECTOR_LIVE_STREAM_START_TIMESTAMP', 'connector.live_stream_start_timestamp', null],
  ['CONNECTOR_CONSUMER_COUNT', 'connector.consumer_count', '5'],
  ['CONNECTOR_CONFIDENCE_LEVEL', 'connector.confidence_level', null],
  ['CONNECTOR_LOG_LEVEL', 'connector.log_level', 'info'],
  ['XSOAR_URL', 'xsoar.url', null],
  ['XSOAR_KEY_ID', 'xsoar.key_id', null],
  ['XSOAR_KEY', 'xsoar.key', null],
  ['METRICS_ENABLE', 'metrics.enable', 'false'],
  ['METRICS_ADDR', 'metrics.addr', '0.0.0.0'],
  ['METRICS_PORT', 'metrics.port', '9113'],
] as const;

describe('the table of variables', () => {
  it.each(PYTHON)('keeps %s at %s with the default %s', (name, path, fallback) => {
    const variable = variables.find((each) => each.name === name);
    expect(variable).toMatchObject({ path, default: fallback, python: true });
  });

  it('has every name and every place once, the ignored ones included', () => {
    const all = [...variables, ...ignoredVariables];
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(new Set(all.map(({ path }) => path)).size).toBe(all.length);
  });

  it('has places of one section and one key, in lower case', () => {
    for (const { path } of [...variables, ...ignoredVariables]) {
      expect(path).toMatch(/^[a-z0-9]+(?:_[a-z0-9]+)*\.[a-z0-9_]+$/);
    }
  });

  it('has defaults and examples that its own types accept', () => {
    for (const { name, type, default: fallback, example } of variables) {
      for (const text of [fallback, example ?? null]) {
        if (text !== null) expect({ name, ...type.read(text) }).toMatchObject({ name, ok: true });
      }
    }
  });

  it('requires a variable only of roles that read it', () => {
    for (const { roles, requiredBy = [] } of variables) {
      expect(roles).toEqual(expect.arrayContaining([...requiredBy]));
      expect(ROLES).toEqual(expect.arrayContaining([...roles]));
    }
  });

  it('keeps the secrets of one end away from the process of the other', () => {
    const readers = (name: string) => variables.find((each) => each.name === name)?.roles;
    expect(readers('OPENCTI_TOKEN')).not.toContain('worker');
    expect(readers('XSOAR_KEY')).not.toContain('ingest');
    expect(readers('XSOAR_KEY')).not.toContain('board');
  });
});
