import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunOptions, run, xsoarIntel } from './run-command.ts';

const internalId = 'cee934c4-d41f-4171-99b2-768dc2fd9add';
const indicator = {
  type: 'indicator',
  id: 'indicator--274128a4-2ad4-50b5-ae7b-b0dea1fa9861',
  name: 'golden',
  pattern: "[ipv4-addr:value = '1.2.3.4']",
  pattern_type: 'stix',
  created_by_ref: 'identity--f1252f7b-d79f-5fa0-a0a8-f257c6d774c0',
  x_opencti_score: 80,
};
const author = { type: 'identity', id: indicator.created_by_ref, name: 'ACME CERT' };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'explain-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const explain = (args: string[], options: Omit<RunOptions, 'cwd'> = {}) =>
  run(xsoarIntel, ['explain', ...args], { ...options, cwd: folder });

function file(name: string, content: unknown): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(folder, name), text);
  return name;
}

describe('explain takes', () => {
  test('a pattern, and writes no colours into a pipe', async () => {
    const { code, stdout, stderr } = await explain([indicator.pattern]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Becomes 1 XSOAR indicator: IP 1\.2\.3\.4\.\n/);
    expect(stdout).not.toContain('\u001b');
  });

  test('a pattern that breaks the grammar, with a caret under the mistake', async () => {
    const { code, stdout } = await explain(["[domain-name:value = 'x' and url:value = 'y']"]);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    const caret = lines.findIndex((line) => line.trim() === '^');
    expect(lines[caret - 1]?.slice(lines[caret]?.indexOf('^'))).toMatch(/^and url/);
  });

  test('a file with a bundle, whose author is a field', async () => {
    const name = file('bundle.json', { type: 'bundle', objects: [indicator, author] });
    const { code, stdout } = await explain([name]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/reportedby +ACME CERT +its author/);
    expect(stdout).toContain('Summary of 2 objects');
  });

  test('standard input, with NDJSON in it', async () => {
    const input = `${JSON.stringify(indicator)}\n${JSON.stringify({ type: 'update', data: indicator })}\n`;
    const { code, stdout } = await explain(['-', '--json'], { input });
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { kind: 'explanation', place: 'line 1', outcome: 'sent' },
      { place: 'line 2', object: { event: 'update' } },
      { kind: 'summary', indicators: { total: 2, different: 1 } },
    ]);
    expect(lines[0].requests.create[0].body.indicator).toMatchObject({
      value: '1.2.3.4',
      indicator_type: 'IP',
      score: 3,
    });
  });

  test('the settings of a config.yml and of the environment', async () => {
    const name = file('own.yml', 'filter:\n  min_score: 90\n');
    const input = JSON.stringify(indicator);
    const held = await explain(['-', '--config', name], { input });
    expect(held.stdout).toContain('Held back by a filter (score-below): score 80 < 90.');
    const env = { FILTER_MIN_SCORE: '70', XSOAR_SOURCE: 'Mine' };
    const sent = await explain(['-', '--config', name], { input, env });
    expect(sent.stdout).toContain('"source": "Mine"');
  });
});

describe('an id of OpenCTI', () => {
  const objects = new Map<unknown, object>([
    [internalId, indicator],
    [indicator.id, indicator],
  ]);
  const asked: unknown[] = [];
  const server = createServer(async (request, response) => {
    const { query, variables } = (await json(request)) as {
      query: string;
      variables: Record<string, unknown>;
    };
    asked.push([request.headers.authorization, variables]);
    const found = objects.get(variables.id);
    const data = query.includes('stix(')
      ? { stix: found === undefined ? '' : JSON.stringify(found) }
      : { a: author };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
  });
  let url = '';
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([internalId, indicator.id])(
    'is fetched, with the name of its author: %s',
    async (id) => {
      const env = { OPENCTI_URL: url, OPENCTI_TOKEN: 'secret-token' };
      const { code, stdout } = await explain([id], { env });
      expect(code).toBe(0);
      expect(stdout).toContain('indicator "golden"');
      expect(stdout).toMatch(/reportedby +ACME CERT/);
      expect(asked.slice(-2)).toMatchObject([
        ['Bearer secret-token', { id }],
        [expect.anything(), {}],
      ]);
    },
  );

  test('that OpenCTI does not have is a failure in one sentence', async () => {
    const env = { OPENCTI_URL: url, OPENCTI_TOKEN: 'secret-token' };
    const { code, stdout, stderr } = await explain(['00000000-0000-4000-8000-000000000000'], {
      env,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('has no object 00000000-0000-4000-8000-000000000000');
    expect(stderr).not.toMatch(/secret-token|\n {4}at /);
  });

  test('needs two variables, and names those that are missing', async () => {
    const both = await explain([internalId]);
    expect(both.code).toBe(1);
    expect(both.stderr).toContain('OPENCTI_URL and OPENCTI_TOKEN are needed');
    const token = await explain([internalId], { env: { OPENCTI_URL: url } });
    expect(token.stderr).toContain('OPENCTI_TOKEN is needed');
  });

  test('is not fetched from where nobody listens', async () => {
    const env = { OPENCTI_URL: 'http://127.0.0.1:1', OPENCTI_TOKEN: 'secret-token' };
    const { code, stderr } = await explain([internalId], { env });
    expect(code).toBe(1);
    expect(stderr).toContain('Check OPENCTI_URL');
  });
});

describe('the exit code', () => {
  test('is 1 where something cannot be read', async () => {
    const missing = await explain(['feed.json']);
    expect(missing).toMatchObject({ code: 1, stdout: '', stderr: 'There is no file feed.json.\n' });
    expect(await explain(['-'])).toMatchObject({
      code: 1,
      stderr: 'standard input holds nothing to explain.\n',
    });
    const half = await explain(['-'], { input: `${JSON.stringify(indicator)}\n{"half":\n` });
    expect(half.code).toBe(1);
    expect(half.stdout).toContain('Becomes 1 XSOAR indicator');
    expect(half.stdout).toContain('line 2 cannot be read: it is no JSON');
  });

  test('is 0 where something is left out', async () => {
    const input = JSON.stringify({ ...indicator, pattern_type: 'yara' });
    expect(await explain(['-'], { input })).toMatchObject({ code: 0 });
  });

  test('is 2 for a wrong use and 78 for a wrong configuration', async () => {
    expect((await explain([])).code).toBe(2);
    expect((await explain(['x', '--nope'])).code).toBe(2);
    const wrong = await explain(['x'], { env: { FILTER_MIN_SCORE: 'much' } });
    expect(wrong.code).toBe(78);
    expect(wrong.stderr).toContain('FILTER_MIN_SCORE');
  });
});

test('control characters of what is explained do not reach the terminal', async () => {
  const evil = { ...indicator, name: 'x\u001b]0;pwned\u0007', labels: ['\u001b[31m\u202e'] };
  for (const args of [['-'], ['-', '--json']]) {
    const { stdout } = await explain(args, {
      input: JSON.stringify(evil),
      env: { FORCE_COLOR: '' },
    });
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});
