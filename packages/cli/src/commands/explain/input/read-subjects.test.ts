import { describe, expect, test } from 'vitest';
import { readSubjects } from './read-subjects.ts';

const one = { type: 'indicator', id: 'indicator--1', pattern: 'p' };
const two = { ...one, id: 'indicator--2' };

/** `place what` of each subject. */
async function read(...pieces: string[]): Promise<string[]> {
  const subjects: string[] = [];
  for await (const { place, content } of readSubjects(pieces)) {
    const what =
      content.kind === 'object'
        ? `${content.object.id} ${content.operation ?? ''}`
        : content.kind === 'pattern'
          ? content.pattern
          : `unreadable: ${content.problem}`;
    subjects.push(`${place ?? '-'}: ${what}`.trim());
  }
  return subjects;
}

describe('a text is read as', () => {
  test('one JSON document, on one line or on many', async () => {
    expect(await read(JSON.stringify(one))).toEqual(['-: indicator--1']);
    expect(await read('\n', JSON.stringify([one, two], null, 2))).toEqual([
      'object 1: indicator--1',
      'object 2: indicator--2',
    ]);
  });

  test('NDJSON, with blank lines and bad ones in between', async () => {
    const text = `${JSON.stringify(one)}\n\nnonsense\n{"a":\n${JSON.stringify(two)}\n`;
    const [first, second, third, fourth] = await read(text.slice(0, 30), text.slice(30));
    expect(first).toBe('line 1: indicator--1');
    expect(second).toBe('line 3: unreadable: it is no JSON: it begins with neither { nor [');
    expect(third).toContain('line 4: unreadable: it is no JSON: ');
    expect(fourth).toBe('line 5: indicator--2');
  });

  test('NDJSON with a bad first line', async () => {
    expect(await read(`{"a":\n${JSON.stringify(two)}`)).toEqual([
      expect.stringContaining('line 1: unreadable'),
      'line 2: indicator--2',
    ]);
  });

  test('a recorded stream, without what is no entity', async () => {
    const event = JSON.stringify({ type: 'update', data: one });
    const text = `: hi\nid: 1-0\nevent: connected\ndata: {"lastEventId":"1-0"}\n\nevent: heartbeat\ndata: 2-0\n\nid: 3-0\nevent: update\ndata: ${event}\n\n`;
    expect(await read(text)).toEqual(['line 11: indicator--1 update']);
  });

  test('a pattern, even over several lines', async () => {
    expect(await read("[domain-name:value = 'x'\n  OR url:value = 'y']\n")).toEqual([
      "-: [domain-name:value = 'x'\n  OR url:value = 'y']",
    ]);
    expect(await read('evil.example\n')).toEqual(['-: evil.example']);
    expect(await read('[]x')).toEqual(['-: []x']);
  });

  test('a pattern on each line', async () => {
    expect(await read("[a:b = 'c']\n\n([a:b = 'd'])\n")).toEqual([
      "line 1: [a:b = 'c']",
      "line 3: ([a:b = 'd'])",
    ]);
    expect(await read("[a:b = 'c'] OR\n[a:b = 'd']")).toHaveLength(1);
  });

  test('broken JSON, which is no pattern', async () => {
    for (const text of ['{"type": \n "indicator"', '[ {"a": 1},\n', '["a"\n']) {
      expect(await read(text)).toEqual([expect.stringContaining('-: unreadable: it is no JSON')]);
    }
  });

  test('nothing, where it is empty', async () => {
    expect(await read('')).toEqual([]);
    expect(await read(' \n\t\n')).toEqual([]);
  });
});
