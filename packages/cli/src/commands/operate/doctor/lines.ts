import type { Paint } from '../../../terminal/paint.ts';
import { wrapped } from '../../../terminal/visible.ts';
import type { Examination, Finding } from './finding.ts';

const LEVEL = 9;
const WHAT = 20;
const WIDTH = 100;

/** Findings for a person: failures with why and fix below them. */
export function examinationLines(examinations: readonly Examination[], paint: Paint): string[] {
  const lines = examinations.flatMap(({ of, findings }) => [
    paint.title(of),
    ...findings.flatMap((finding) => findingLines(finding, paint)),
    '',
  ]);
  return [...lines, summary(examinations, paint)];
}

function findingLines({ level, what, detail, why, fix, so }: Finding, paint: Paint): string[] {
  const tone = { ok: paint.good, warning: paint.warn, failed: paint.bad, skipped: paint.faint };
  const row = (title: string, text: string): string[] => {
    const indent = ' '.repeat(2 + LEVEL);
    return wrapped(text, WIDTH - indent.length - title.length - 1).map((line, at) =>
      at === 0 ? `${indent}${title} ${line}` : `${indent}${' '.repeat(title.length + 1)}${line}`,
    );
  };
  return [
    `  ${tone[level](level.padEnd(LEVEL))}${what.padEnd(WHAT)}${detail}`,
    ...(why === undefined ? [] : row('why:', why)),
    ...(fix === undefined ? [] : row('fix:', fix)),
    ...(so === undefined ? [] : row('so:', so)),
  ];
}

function summary(examinations: readonly Examination[], paint: Paint): string {
  const of = (level: Finding['level']): number =>
    examinations.flatMap(({ findings }) => findings).filter((finding) => finding.level === level)
      .length;
  const [bad, risky] = [of('failed'), of('warning')];
  const risks = risky === 0 ? '' : `, ${risky} ${risky === 1 ? 'warning' : 'warnings'}`;
  return bad === 0
    ? paint.good(`Everything that was looked at works${risks}.`)
    : paint.bad(`${bad} ${bad === 1 ? 'thing does' : 'things do'} not work${risks}.`);
}
