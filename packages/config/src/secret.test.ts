import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret.ts';

it('shows a secret in no way but by asking for it', () => {
  const secret = new Secret('hunter2');
  const shown = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true, depth: 5 }),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify({ ...secret }),
    inspect(structuredClone({ secret: { ...secret } })),
  ].join('\n');
  expect(shown).not.toContain('hunter2');
  expect(shown).toContain('***');
  expect(secret.reveal()).toBe('hunter2');
});
