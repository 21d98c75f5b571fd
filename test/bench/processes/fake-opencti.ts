/** The fake OpenCTI in a process of its own, for `harness/simulators.ts`. */
import {
  type FakeOpencti,
  type GeneratorOptions,
  generateFeed,
  startFakeOpencti,
  type WrittenEvent,
} from '@xsoar-intel/simulator';
import { serve } from './serve.ts';

/** What went to the sockets so far. Times by `machineMs`; null: nothing yet. */
export interface Written {
  count: number;
  firstAtMs: number | null;
  lastAtMs: number | null;
  eventBytes: number;
  objectBytes: number;
}

/** When the event that makes this value was written. */
export type WrittenValue = [value: string, atMs: number];

/** What the process can be asked. */
export interface OpenctiCalls {
  /** Puts the events of a feed into the log at once; how many there are in all. */
  fill(options: GeneratorOptions): number;
  /** Plays a feed at a rate; answers when its last event is in the log. */
  play(of: { options: GeneratorOptions; ratePerSecond: number }): Promise<number>;
  /** Id of the newest event. */
  lastId(argument: null): string;
  written(argument: null): Written;
  /** By value, of what was written since `forget`, where it was to be kept. */
  values(argument: null): WrittenValue[];
  /** Begins to count anew; whether the time of each value is kept from now on. */
  forget(argument: { values: boolean }): null;
  /** Distinct values that XSOAR must hold; those that may be absent are not counted. */
  expected(argument: null): number;
  access(argument: null): { url: string; token: string; streamId: string };
}

let written = nothing();
let values: WrittenValue[] = [];
let keep = false;
const opencti: FakeOpencti = await startFakeOpencti({ onWritten: note });

function nothing(): Written {
  return { count: 0, firstAtMs: null, lastAtMs: null, eventBytes: 0, objectBytes: 0 };
}

function note(event: WrittenEvent): void {
  written.count += 1;
  written.firstAtMs ??= event.atMs;
  written.lastAtMs = event.atMs;
  written.eventBytes += event.eventBytes;
  written.objectBytes += event.objectBytes;
  if (!keep) return;
  for (const value of event.values) values.push([value, event.atMs]);
}

const calls: OpenctiCalls = {
  fill(options) {
    for (const operation of generateFeed(options)) opencti.append(operation);
    return opencti.stats().events.total;
  },
  play: ({ options, ratePerSecond }) =>
    opencti.play(generateFeed(options), { ratePerSecond }).finished,
  lastId: () => opencti.stats().events.lastId,
  written: () => written,
  values: () => values,
  forget(of) {
    keep = of.values;
    written = nothing();
    values = [];
    return null;
  },
  expected() {
    const distinct = new Set<string>();
    for (const { values: held, optional } of opencti.expectations()) {
      if (optional) continue;
      for (const { type, value } of held) distinct.add(`${type} ${value}`);
    }
    return distinct.size;
  },
  access: () => ({ url: opencti.url, token: opencti.token, streamId: opencti.streamId }),
};

serve({ ...calls });
