import type { Logger } from '@xsoar-intel/runtime';
import { XsoarError } from '@xsoar-intel/xsoar';
import { expect, it, onTestFinished, vi } from 'vitest';
import { watchTenant } from './tenant-watch.ts';

const needs = { types: ['IP', 'Mutex'], fields: ['tags'] };
const away = new XsoarError({
  kind: 'network',
  operation: 'probe',
  uncertain: false,
  message: 'probe: nothing listens there',
});

/** Watches a tenant that answers a list of types, or an error, one after the other. */
function watch(answers: (string[] | Error)[]) {
  const lines: [string, string][] = [];
  const log = (level: string) => (_: unknown, message: string) => lines.push([level, message]);
  const logger = {
    warn: log('warn'),
    info: log('info'),
    debug: log('debug'),
  } as unknown as Logger;
  let asked = 0;
  const client = {
    async fetchTypes() {
      const answer = answers[asked++] ?? [];
      if (answer instanceof Error) throw answer;
      return answer.map((name) => ({ name, disabled: false }));
    },
    fetchFields: async () => [{ name: 'tags', type: 'tagsSelect' }],
  };
  const stop = watchTenant(client, needs, logger, 10);
  onTestFinished(stop);
  return { lines, stop, asked: () => asked };
}

it('warns of a type that the tenant has not, with the consequence', async () => {
  const { lines } = watch([['IP']]);
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  expect(lines[0]?.[0]).toBe('warn');
  expect(lines[0]?.[1]).toMatch(/no indicator type Mutex:.*dead letters/);
});

it('says nothing where everything is there', async () => {
  const { lines, asked } = watch([['IP', 'Mutex']]);
  await vi.waitFor(() => expect(asked()).toBe(1));
  await new Promise(setImmediate);
  expect(lines).toEqual([]);
});

it('asks again until XSOAR answers', async () => {
  const { lines } = watch([away, away, ['IP']]);
  await vi.waitFor(() => expect(lines.map(([level]) => level)).toEqual(['debug', 'debug', 'warn']));
});

it('gives up with the worker', async () => {
  const { stop, asked } = watch(Array.from({ length: 1_000 }, () => away));
  await vi.waitFor(() => expect(asked()).toBeGreaterThan(1));
  stop();
  const then = asked();
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(asked()).toBe(then);
});
