import { readFileSync } from 'node:fs';
import {
  type ProbeAnswer,
  type ProbeVerdict,
  UNPROBED_QUESTIONS,
  type WriteProbeReport,
} from '@xsoar-intel/xsoar';
import { expect, it } from 'vitest';
import { answerFindings } from './answer-checks.ts';

function reportOf(verdict: ProbeVerdict): WriteProbeReport {
  const answer: ProbeAnswer = {
    question: 'duplicate',
    number: 1,
    asked: 'What?',
    answer: 'second',
    words: 'So.',
    effect: 'Two may be left.',
    verdict,
  };
  return {
    value: 'a.invalid',
    address: 'https://xsoar.example',
    api: '8',
    answers: [answer],
    unanswered: ['whitelist'],
    unprobed: UNPROBED_QUESTIONS,
    failure: null,
    cleanedUp: true,
  };
}

it('warns of what is a risk, fails what is a problem, and passes the rest', () => {
  const levels = (['fine', 'note', 'problem'] as const).map(
    (verdict) => answerFindings(reportOf(verdict))[0]?.level,
  );
  expect(levels).toEqual(['ok', 'warning', 'failed']);
  expect(answerFindings(reportOf('note'))[0]).toMatchObject({
    why: 'Two may be left.',
    answer: 'second',
  });
});

it('points to a heading that is there', () => {
  const docs = new URL('../../../../../../docs/xsoar.md', import.meta.url);
  const headings = readFileSync(docs, 'utf8').split('\n');
  const fix = answerFindings(reportOf('problem'))[0]?.fix ?? '';
  const [, heading] = /See "(.+)" in docs\/xsoar\.md/.exec(fix) ?? [];
  expect(headings).toContain(`## ${heading}`);
});

it('names by number what was not asked and what cannot be', () => {
  const details = answerFindings(reportOf('fine')).map(({ detail }) => detail);
  expect(details[0]).toMatch(/^\[Q1\] What\? So\./);
  expect(details[1]).toMatch(/^\[Q8\] not asked/);
  expect(details[2]).toMatch(/^\[Q7\] .* Not probed, because it would take a flood/);
  expect(details[3]).toMatch(/^\[Q12\] .* Not probed, because/);
});
