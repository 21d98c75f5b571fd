import { compileFilter, type FilterOptions } from '@xsoar-intel/pipeline';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPaint } from '../../../terminal/paint.ts';
import { visibleJson } from '../../../terminal/visible.ts';
import { explain } from '../explanation.ts';
import type { Content, Subject } from '../input/subject.ts';
import { judge, type Rules } from '../judge.ts';
import { explanationJson } from '../to-json.ts';
import { EXTENT, explanationText } from './sections.ts';

function rulesOf(filter: FilterOptions = {}): Rules {
  const now = Date.parse('2026-01-01T00:00:00Z');
  return { mapping: { source: 'OpenCTI' }, filter: compileFilter(filter), now };
}

function explained(content: Content, place: string | null = null, filter: FilterOptions = {}) {
  const subject: Subject = { place, content };
  const rules = rulesOf(filter);
  return explain(judge(subject, rules), rules);
}

function textOf(content: Content, place: string | null = null, filter: FilterOptions = {}): string {
  return explanationText(explained(content, place, filter), createPaint(false), EXTENT.usual);
}

const pattern = (text: string): Content => ({ kind: 'pattern', pattern: text });

function about(text: string): string {
  const [answer = ''] = textOf(pattern(text)).split('\n\nWhat XSOAR is sent');
  return answer;
}

test('a pattern of many kinds of comparison is explained part by part', () => {
  expect(
    about(
      "[domain-name:value = 'Evil[.]example' AND NOT ipv4-addr:value = '10.0.0.1' AND process:command_line = 'cmd /c x']",
    ),
  ).toBe(
    `Becomes 1 XSOAR indicator: Domain evil.example.
2 of 3 comparisons name a value, of which 1 is sent.

How the pattern reads
        observation
        └─ AND (all of these)
  1:2      ├─ domain-name:value = 'Evil[.]example'  names a value
  1:43     ├─ ipv4-addr:value NOT = '10.0.0.1'      names no value
  1:80     └─ process:command_line = 'cmd /c x'     names a value

Values that it names as observed
  1:2   domain-name:value     Evil[.]example  → Domain evil.example
  1:80  process:command_line  cmd /c x        → left out (unsupported-observable)

Left out
  1:43  ipv4-addr:value NOT = '10.0.0.1'
        because a negated comparison says what is not observed (no-observed-value)
  1:80  process:command_line = 'cmd /c x'
        because XSOAR has no indicator type for process:command_line (unsupported-observable)

Worth knowing
  - AND asks for all parts together. XSOAR cannot: each value that is sent matches by itself, so it
    will match more often than the pattern.
  - 1:2: sent as evil.example, written Evil[.]example.
  - XSOAR_EXTRA_TYPES can send an observable as a type of your own: process:command_line=<name of
    the type>.`,
  );
});

describe('the first sentences', () => {
  test.each([
    ["[ipv4-addr:value = '1.2.3.4']", /^Becomes 1 XSOAR indicator: IP 1\.2\.3\.4\.\n\nHow/],
    [
      "[ipv4-addr:value IN ('1.2.3.4', '10.0.0.0/8', 'x')]",
      /: IP 1\.2\.3\.4 and CIDR 10\.0\.0\.0\/8\.\nIts one comparison names 3 values, of which 2 are sent\./,
    ],
    [
      "[url:value = 'http://x/' OR domain-name:value = 'a.example']",
      /Both comparisons name a value, and all are sent\./,
    ],
    [
      "[ipv4-addr:value IN ('1.1.1.1','2.2.2.2','3.3.3.3') OR url:value = 'http://x/']",
      /^Becomes 4 XSOAR indicators: 3 IP and 1 URL\./,
    ],
    ["[domain-name:value != 'x']", /^Nothing of it goes to XSOAR, because != says what is not/],
    ["[a:b > 1 AND c:d LIKE 'x%']", /because none of its 2 comparisons names a value as observed/],
    ["[domain-name:value = 'a b']", /because the value is not a domain name\s+\(bad-value\)/],
    ["[file:name = 'evil.exe']", /because XSOAR knows a file by its hash only/],
    ["[a:b = 'x' and c:d = 'y']", /breaks the STIX grammar at character 12\s+\(pattern-syntax\)/],
  ])('%s', (text, answer) => {
    expect(about(text)).toMatch(answer);
  });
});

describe('what a pattern says and XSOAR cannot', () => {
  test.each([
    ["[ipv4-addr:value = '1.1.1.1'] FOLLOWEDBY [ipv4-addr:value = '2.2.2.2']", /order in time/],
    ["[ipv4-addr:value = '1.1.1.1'] WITHIN 5 SECONDS REPEATS 2 TIMES", /WITHIN and REPEATS: XSOAR/],
    ["[ipv4-addr:value = '1.1.1.1' AND url:value = 'http://x/']", /AND asks for all parts/],
    ["[windows-registry-key:key = 'HKCU\\\\\\\\Run']", /1:2: the value has double backslashes/],
    ["[domain-name:value = '1.1.1.1']", /is not what the pattern says: the value is of type IP/],
    ["[ipv4-addr:value = '1.1.1.1:80']", /sent as 1\.1\.1\.1, .* goes into the field port/s],
    ['[file:hashes."MD5" = \'D41D8CD98F00B204E9800998ECF8427E\']', /in double quotes/],
  ])('%s', (text, note) => {
    expect(about(text)).toMatch(note);
  });

  test('is nothing for one plain value', () => {
    expect(about("[ipv4-addr:value = '1.1.1.1']")).not.toContain('Worth knowing');
  });
});

const object = {
  type: 'indicator',
  id: 'indicator--1',
  name: 'a \u001b[31mname',
  pattern: "[ipv4-addr:value = '1.2.3.4']",
  x_opencti_score: 50,
  object_marking_refs: ['marking-definition--826578e1-40ad-459f-bc73-ede076f81f37'],
  valid_until: '2025-01-01T00:00:00Z',
  created_by_ref: 'identity--1',
};

test('a reason that strikes several comparisons in a row is told once', () => {
  const text = about("[a:b != 'x' AND a:c != 'y' AND a:d > 1 AND url:value = 'http://x/']");
  expect(text).toContain(`Left out
  1:2   a:b != 'x'
  1:17  a:c != 'y'
        because != says what is not observed (no-observed-value)
  1:32  a:d > 1
        because > names a range and not a value (no-observed-value)`);
});

test('what stands behind a reference is told apart from what XSOAR has no type for', () => {
  expect(about("[domain-name:resolves_to_refs[*].value = '1.1.1.1']")).toContain(
    'behind a reference',
  );
});

test('an indicator is named, and its fields are accounted for', () => {
  const text = textOf({ kind: 'object', object, operation: 'update' }, 'line 7');
  expect(text).toContain('line 7: update of indicator "a \\u{1b}[31mname" (indicator--1)');
  expect(text).toMatch(/score +2 \(Suspicious\) +OpenCTI's score is 50: above 30, up to 60/);
  expect(text).toMatch(/TLP +AMBER +XSOAR's list has no AMBER\+STRICT; the tag/);
  expect(text).toMatch(/expiration +2025-01-01T00:00:00\S* +valid_until, which has passed/);
  expect(text).toMatch(/reportedby +left out/);
});

test('what is held back says by what, and what happens to an earlier state', () => {
  const text = textOf({ kind: 'object', object, operation: null }, null, { minimumScore: 60 });
  expect(text).toContain('Held back by a filter (score-below): score 50 < 60.');
  expect(text).toContain('If an earlier state of it was sent, its indicators are deleted');
  expect(text).not.toContain('What XSOAR is sent');
});

test('a delete shows the delete and nothing else that would be sent', () => {
  const text = textOf({ kind: 'object', object, operation: 'delete' });
  expect(text).toContain('POST /indicators/batchDelete');
  expect(text).not.toContain('POST /indicator/create');
});

test('three requests are shown, and what in them only XSOAR knows', () => {
  const text = textOf(pattern("[ipv4-addr:value = '1.2.3.4']"));
  expect(text.match(/POST \/\S+/g)).toEqual([
    'POST /indicator/create',
    'POST /indicator/edit',
    'POST /indicators/batchDelete',
  ]);
  expect(text).toContain('"version": "<version just read>"');
});

test('a long pattern is cut, and all of it is there when asked for', () => {
  const values = Array.from({ length: 90 }, (_, at) => `'10.0.0.${at}'`).join(', ');
  const big = explained(pattern(`[ipv4-addr:value IN (${values})]`));
  const usual = explanationText(big, createPaint(false), EXTENT.usual);
  expect(usual).toContain('… and 50 more (--all)');
  const all = explanationText(big, createPaint(false), EXTENT.all);
  expect(all).not.toContain('--all');
  expect(all.match(/→ IP/g)).toHaveLength(90);
});

test('whatever a pattern is, the answer is plain text and JSON', () => {
  const words = fc.constantFrom(
    "domain-name:value = 'x.example'",
    "ipv4-addr:value IN ('1.1.1.1', 'x')",
    "file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e'",
    "url:value != 'y'",
    "mutex:name = '\u001b[31m\u202e'",
  );
  const patterns = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { minLength: 1 }).map((all) => `[${all.join(' OR ')}]`),
    fc.tuple(words, fc.string({ unit: 'binary' })).map(([word, end]) => `[${word}${end}]`),
  );
  fc.assert(
    fc.property(patterns, (text) => {
      const explanation = explained(pattern(text));
      const lines = explanationText(explanation, createPaint(false), EXTENT.usual).split('\n');
      for (const line of lines) expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(visibleJson(explanationJson(explanation)))).toMatchObject({
        kind: 'explanation',
      });
    }),
    { numRuns: 500 },
  );
});
