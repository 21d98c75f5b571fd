import { describe, expect, it } from 'vitest';
import { foreign, moment } from './words.ts';

describe('words', () => {
  it('say a moment by its distance, and what is none as unknown', () => {
    expect(moment(Number.NaN, 0).markup).toBe('<span>unknown</span>');
    expect(moment(0, 5_000).markup).toContain('5 s ago');
  });

  it('isolate foreign text, and cut it', () => {
    expect(foreign('\u202Eabc').markup).toBe('<bdi>\u202Eabc</bdi>');
    expect(foreign('abcdef', 3).markup).toBe('<bdi>abc…</bdi>');
    expect(foreign('<').markup).toBe('<bdi>&lt;</bdi>');
  });
});
