import { describe, expect, it } from 'vitest';
import { healthUrl } from './health.ts';

const at = (address: string, port = 9_113, enabled = true) =>
  healthUrl({ enabled, address, port }, '/healthz');

describe('where health is asked', () => {
  it('is this machine when the process listens on every address', () => {
    expect(at('0.0.0.0')).toBe('http://127.0.0.1:9113/healthz');
    expect(at('::')).toBe('http://[::1]:9113/healthz');
  });

  it('is the address that it listens on otherwise', () => {
    expect(at('10.0.0.7', 9_000)).toBe('http://10.0.0.7:9000/healthz');
    expect(at('fe80::1')).toBe('http://[fe80::1]:9113/healthz');
  });

  it('is nowhere when nothing is served, or nobody knows on which port', () => {
    expect(() => at('0.0.0.0', 9_113, false)).toThrow('METRICS_ENABLE is not true');
    expect(() => at('0.0.0.0', 0)).toThrow('METRICS_PORT is 0');
  });
});
