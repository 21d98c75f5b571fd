/** The fake XSOAR in a process of its own, for `harness/simulators.ts`. */
import {
  type AnsweredRequest,
  type FakeXsoar,
  type Latency,
  startFakeXsoar,
} from '@xsoar-intel/simulator';
import { serve } from './serve.ts';

/** What arrived so far. Times by `machineMs`; null: nothing yet. */
export interface Arrived {
  requests: number;
  /** Creates, edits and deletes. */
  writes: number;
  byOperation: Record<string, number>;
  /** Requests that were answered with anything but 200. */
  refused: number;
  firstAtMs: number | null;
  firstWriteAtMs: number | null;
  /** Arrival of the last write. */
  lastWriteAtMs: number | null;
  /** Answer to the last request. */
  lastAnswerAtMs: number | null;
  /** From arrival to answer, all requests together, in ms. */
  insideMs: number;
  objects: number;
}

/** When the first write of this value arrived. */
export type ArrivedValue = [value: string, atMs: number];

/** What the process can be asked. */
export interface XsoarCalls {
  arrived(argument: null): Arrived;
  /** Of what arrived since `forget`, where it was to be kept. */
  values(argument: null): ArrivedValue[];
  /** Begins to count anew, the objects stay; whether the time of each value is kept from now on. */
  forget(argument: { values: boolean }): null;
  latency(latency: Latency): null;
  access(argument: null): { url: string; key: string; keyId: string };
}

const WRITES = new Set<string>(['create', 'edit', 'delete']);

let arrived = nothing();
let values = new Map<string, number>();
let keep = false;
const xsoar: FakeXsoar = await startFakeXsoar({ onRequest: note });

function nothing(): Omit<Arrived, 'objects'> {
  return {
    requests: 0,
    writes: 0,
    byOperation: {},
    refused: 0,
    firstAtMs: null,
    firstWriteAtMs: null,
    lastWriteAtMs: null,
    lastAnswerAtMs: null,
    insideMs: 0,
  };
}

/** Told at the answer; arrivals are ordered by it well enough for a first and a last. */
function note(request: AnsweredRequest): void {
  const { operation, arrivedMs, answeredMs } = request;
  arrived.requests += 1;
  arrived.byOperation[operation] = (arrived.byOperation[operation] ?? 0) + 1;
  if (request.status !== 200) arrived.refused += 1;
  arrived.firstAtMs = Math.min(arrived.firstAtMs ?? arrivedMs, arrivedMs);
  arrived.lastAnswerAtMs = answeredMs;
  arrived.insideMs += answeredMs - arrivedMs;
  if (!WRITES.has(operation)) return;
  arrived.writes += 1;
  arrived.firstWriteAtMs = Math.min(arrived.firstWriteAtMs ?? arrivedMs, arrivedMs);
  arrived.lastWriteAtMs = Math.max(arrived.lastWriteAtMs ?? arrivedMs, arrivedMs);
  if (!keep) return;
  for (const value of request.values) {
    if (!values.has(value)) values.set(value, arrivedMs);
  }
}

const calls: XsoarCalls = {
  arrived: () => ({ ...arrived, objects: xsoar.stats().objects }),
  values: () => [...values],
  forget(of) {
    keep = of.values;
    arrived = nothing();
    values = new Map();
    return null;
  },
  latency(latency) {
    xsoar.latency(latency);
    return null;
  },
  access: () => ({ url: xsoar.url, key: xsoar.key, keyId: xsoar.keyId }),
};

serve({ ...calls });
