import type { Paint } from '../../terminal/paint.ts';
import { visibleJson } from '../../terminal/visible.ts';
import type { Explanation } from './explanation.ts';
import type { Judgement } from './judge.ts';
import { EXTENT, explanationText } from './print/sections.ts';
import { summaryText } from './print/summary-text.ts';
import { createTally } from './summary.ts';
import { explanationJson, summaryJson } from './to-json.ts';

/** Takes judgements one by one, as the input is read, and tells what became of them. */
export interface Report {
  /** `explain` is called only where the details are shown. */
  add(judgement: Judgement, explain: () => Explanation): void;
  /** Everything was read. */
  end(): void;
}

/** Indicators of one input that are shown in full unless all are wanted. */
const mostDetails = 3;

/** For people: details of the first indicators, or of all, then a summary of more than one. */
export function textReport(write: (text: string) => void, paint: Paint, all: boolean): Report {
  const tally = createTally();
  let shown = 0;
  let hidden = 0;
  return {
    add(judgement, explain) {
      tally.add(judgement);
      // Authors and markings beside an indicator are only counted.
      if (judgement.subject.place !== null && judgement.reason === 'not-indicator' && !all) return;
      if (shown >= mostDetails && !all) {
        hidden += 1;
        return;
      }
      if (shown > 0) write(`\n${paint.faint('─'.repeat(78))}\n`);
      write(explanationText(explain(), paint, all ? EXTENT.all : EXTENT.usual));
      shown += 1;
    },
    end() {
      const summary = tally.summary();
      if (summary.subjects < 2) return;
      if (shown > 0) write(`\n${paint.faint('─'.repeat(78))}\n`);
      if (hidden > 0) {
        write(`The details of ${hidden.toLocaleString('en-GB')} more are shown with --all.\n`);
      }
      write(summaryText(summary, paint));
    },
  };
}

/** For programs: a JSON object a line, one for each subject, then one with the summary of several. */
export function jsonReport(write: (text: string) => void): Report {
  const tally = createTally();
  return {
    add(judgement, explain) {
      tally.add(judgement);
      write(visibleJson(explanationJson(explain())));
    },
    end() {
      const summary = tally.summary();
      if (summary.subjects > 1) write(visibleJson(summaryJson(summary)));
    },
  };
}
