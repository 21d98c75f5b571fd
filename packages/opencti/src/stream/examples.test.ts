import { existsSync, readFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { entityIdOf } from '../stix.ts';
import { follow } from '../testing/follow.ts';
import { sse, startServer, startStream } from '../testing/http-server.ts';

// Example events in the exact form of the wire, which are not part of this repository.
const examples = new URL('../../../../../shared/specs/opencti-wire.md', import.meta.url);

/** Every event in the code blocks of the examples, in order, except `error`. */
function exampleEvents(): string[] {
  const text = readFileSync(examples, 'utf8');
  const section = text.slice(text.indexOf('\n## 9'));
  const blocks = section.split('\n```').filter((_, i) => i % 2 === 1);
  const events = blocks.flatMap((block) => block.replace(/^[^\n]*\n/, '').split('\n\n'));
  return events
    .map((event) => event.trim())
    .filter((event) => event.includes('data:') && !event.startsWith('event: error'));
}

test.skipIf(!existsSync(examples))(
  'the example events of the wire are all understood (skipped where ../shared is absent)',
  async () => {
    const events = exampleEvents();
    expect(events.length).toBeGreaterThan(15);
    const server = await startServer((_request, response) => {
      startStream(response);
      response.write(`${events.join('\n\n')}\n\n${sse('heartbeat', '9-9', '""')}`);
    });
    onTestFinished(() => server.close());
    const { messages } = follow(server.url);
    const wait = { timeout: 5000, interval: 2 };
    await vi.waitFor(() => expect(messages.at(-1)).toMatchObject({ id: { text: '9-9' } }), wait);
    expect(messages.filter((m) => m.kind === 'rejected')).toEqual([]);

    const entities = messages.flatMap((m) => (m.kind === 'entity' ? [m] : []));
    expect(entities.every((m) => entityIdOf(m.data) !== null)).toBe(true);
    expect(entities.filter((m) => m.dependency).map((m) => m.data.type)).toContain('identity');
    expect(entities.some((m) => m.recovered)).toBe(true);
    expect(entities.some((m) => m.name === 'delete' && m.data.revoked === true)).toBe(true);
    expect(entities.find((m) => m.name === 'merge')?.sources).toHaveLength(1);
    const other = messages.filter((m) => m.kind !== 'entity').map((m) => m.kind);
    expect(other).toEqual(['connected', 'heartbeat', 'ignored', 'no-recover', 'heartbeat']);
  },
);
