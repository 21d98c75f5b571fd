import { compileFilter } from '@xsoar-intel/pipeline';
import { expect, test } from 'vitest';
import { createPaint } from '../../terminal/paint.ts';
import { explain } from './explanation.ts';
import { unreadable } from './input/subject.ts';
import { judge, type Rules } from './judge.ts';
import { jsonReport, textReport } from './report.ts';

const rules: Rules = { mapping: { source: 'x' }, filter: compileFilter({}), now: 0 };

const patterns = [
  "[ipv4-addr:value = '1.1.1.1']",
  "[ipv4-addr:value = '1.1.1.1' OR mutex:name = 'm' OR process:pid = 4]",
  "[process:command_line = 'x']",
  "[process:command_line = 'y']",
  "[email-message:subject = 'z']",
  '[nonsense',
];

function report(make: typeof jsonReport): string {
  const lines: string[] = [];
  const { add, end } = make((text) => lines.push(text));
  const subjects = patterns.map((pattern, index) => ({
    place: `line ${index + 1}`,
    content: { kind: 'pattern' as const, pattern },
  }));
  for (const subject of [...subjects, unreadable('line 7', 'no JSON')]) {
    const judgement = judge(subject, rules);
    add(judgement, () => explain(judgement, rules));
  }
  end();
  return lines.join('\n');
}

const text = (all: boolean) => report((write) => textReport(write, createPaint(false), all));

test('several subjects end in a table: what came of them, and why, with an example of each', () => {
  const [, summary = ''] = text(false).split('Summary of ');
  expect(`Summary of ${summary}`).toBe(`Summary of 7 objects
  2  sent to XSOAR as 3 indicators
     2 different, repeats are merged: IP 1, Mutex 1
  4  not sent
  1  unreadable

Why objects are not sent
  3  unsupported-observable  XSOAR has no indicator type for it (process 2, email-message 1)  first: line 3
  1  pattern-syntax          the pattern breaks the STIX grammar  first: line 6
  1  unreadable              no JSON, or no STIX  first: line 7

Left out of objects that are sent
  1  unsupported-observable  XSOAR has no indicator type for it (process)  first: line 2

To see one of them: sed -n 3p FILE | xsoar-intel explain -`);
});

test('the first three are shown in full, or all of them', () => {
  expect(text(false).match(/^line \d/gm)).toHaveLength(3);
  expect(text(false)).toContain('The details of 4 more are shown with --all.');
  expect(text(true).match(/^line \d/gm)).toHaveLength(7);
});

test('programs get a line for each, and one more for the summary', () => {
  const lines = report(jsonReport)
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ kind }) => kind)).toEqual([...Array(7).fill('explanation'), 'summary']);
  expect(lines.map(({ outcome }) => outcome).slice(0, 7)).toEqual([
    'sent',
    'sent',
    'left-out',
    'left-out',
    'left-out',
    'left-out',
    'unreadable',
  ]);
  expect(lines[7]).toMatchObject({
    objects: 7,
    outcomes: { sent: 2, 'left-out': 4, unreadable: 1 },
    reasons: {
      'unsupported-observable': { count: 3, example: 'line 3', observables: { process: 2 } },
    },
    indicators: { total: 3, different: 2, byType: { IP: 1, Mutex: 1 } },
  });
});

test('one subject has no summary', () => {
  const lines: string[] = [];
  const { add, end } = jsonReport((line) => lines.push(line));
  const judgement = judge({ place: null, content: { kind: 'pattern', pattern: '[' } }, rules);
  add(judgement, () => explain(judgement, rules));
  end();
  expect(lines).toHaveLength(1);
});
