/**
 * Phase 5: asks the stream a second time for what it did not list, though OpenCTI has it. Nothing is
 * deleted for having left the stream after one look: a platform that drops an object from a listing
 * gives no sign of it.
 */
import { entityIdOf } from '@xsoar-intel/opencti';
import { valueKey } from '../mapping/value-key.ts';
import { BATCH, isAsSeen, type PhaseParts } from './parts.ts';
import type { Counts, Finding } from './report.ts';
import type { Repair, Unlisted } from './run-store.ts';
import { entityMark, reportedMark } from './seen.ts';
import { walkStream } from './walk-stream.ts';

/** Objects a page. */
const PAGE_SIZE = 400;

/** Lists again from the first to the last of what was not listed, and rules. */
export async function relist(parts: PhaseParts): Promise<void> {
  const { run, signal, onProgress } = parts;
  const of = await run.length('unlisted');
  // A resumed run that rules already has listed.
  if (of > 0 && run.state.listAt === 0) await listAgain(parts);
  signal.throwIfAborted();
  for (;;) {
    const batch = await run.items('unlisted', run.state.listAt, BATCH);
    if (batch.length === 0) break;
    await takeBatch(parts, batch);
    onProgress({ phase: 'relist', done: run.state.listAt, of });
  }
  await run.commit({ set: { phase: 'repair', phaseAt: parts.now(), listAt: 0 } });
}

async function listAgain(parts: PhaseParts): Promise<void> {
  const { run, gate, signal } = parts;
  const { fromMs, untilMs } = await spanOf(parts);
  // The catch-up wants a beginning before its end.
  const from = run.state.streamAt || `${fromMs - 1}-0`;
  for await (const page of walkStream(parts.stream, from, untilMs, PAGE_SIZE, signal)) {
    await gate.toRead(signal);
    await run.commit({
      set: { streamAt: page.lastId },
      add: { unreadable: page.unreadable },
      marks: page.objects.flatMap((object) => entityMark(entityIdOf(object) ?? '')),
    });
  }
}

/** When the first and the last of them changed, in ms since 1970. */
async function spanOf({ run }: PhaseParts): Promise<{ fromMs: number; untilMs: number }> {
  let fromMs = Number.POSITIVE_INFINITY;
  let untilMs = 0;
  for (let at = 0; ; at += BATCH) {
    const batch = await run.items('unlisted', at, BATCH);
    if (batch.length === 0) return { fromMs, untilMs };
    const times = batch.map(({ updatedMs }) => updatedMs);
    fromMs = Math.min(fromMs, ...times);
    untilMs = Math.max(untilMs, ...times);
  }
}

async function takeBatch(parts: PhaseParts, batch: readonly Unlisted[]): Promise<void> {
  const { run } = parts;
  const add: Partial<Counts> = {};
  const count = (name: keyof Counts): void => {
    add[name] = (add[name] ?? 0) + 1;
  };
  const findings: Finding[] = [];
  const repairs: Repair[] = [];
  const marks: string[] = [];
  const mark = ({ type, value }: Finding): string => reportedMark(valueKey(type, value));
  const listed = await run.seen.has(batch.map(({ repair }) => entityMark(repair.entityId)));
  const told = await run.seen.has(batch.map(({ finding }) => mark(finding)));
  // What changes moves out of the span that was listed.
  const asSeen = await Promise.all(
    batch.map(({ repair }, index) => listed[index] || isAsSeen(parts, repair)),
  );
  for (const [index, { finding, repair }] of batch.entries()) {
    if (listed[index]) {
      count('settled');
      continue;
    }
    if (!asSeen[index]) {
      count('changed');
      continue;
    }
    // It may be what could not be read: nobody saw it leave the stream.
    if (run.state.counts.unreadable > 0) continue;
    repairs.push(repair);
    if (told[index] || marks.includes(mark(finding))) continue;
    marks.push(mark(finding));
    findings.push(finding);
    count(finding.kind);
  }
  await run.commit({
    set: { listAt: run.state.listAt + batch.length },
    ...{ add, marks, findings, repairs },
  });
}
