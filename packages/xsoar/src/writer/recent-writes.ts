import type { IocObject } from '../indicator.ts';
import { isSameValue } from './match.ts';

interface Entry {
  object: IocObject;
  until: number;
}

/**
 * Values of which it is remembered that something was sent, in each of two generations; some
 * 100 bytes each. Generations are forgotten as a whole: to look for the oldest entry of a Map
 * costs more with every one that was deleted before it (19 µs each write, measured).
 */
const MAX_TOUCHED = 20_000;

/**
 * What this process has just written, as XSOAR answered it. The search index
 * lags behind writes by seconds, and would make us create what we have just
 * created, or edit with a version that we have just replaced.
 */
export class RecentWrites {
  readonly #byId = new Map<string, Entry>();
  readonly #idByValue = new Map<string, string>();
  #touchedUntil = new Map<string, number>();
  #touchedBefore: ReadonlyMap<string, number> = new Map();
  /** When everything that was touched before this generation may be forgotten. */
  #nextGenerationAt = 0;
  readonly #maxEntries: number;
  readonly #keepMs: number;
  readonly #now: () => number;

  constructor(options: { maxEntries: number; keepMs: number; now(): number }) {
    this.#maxEntries = options.maxEntries;
    this.#keepMs = options.keepMs;
    this.#now = options.now;
  }

  remember(object: IocObject): void {
    this.forget(object.id);
    this.#byId.set(object.id, { object, until: this.#now() + this.#keepMs });
    this.#idByValue.set(object.value.toLowerCase(), object.id);
    for (const [id] of this.#byId) {
      if (this.#byId.size <= this.#maxEntries) break;
      this.forget(id);
    }
  }

  /** A write of this value is about to be sent: whatever becomes of it, the index may be stale now. */
  touch(value: string): void {
    const now = this.#now();
    if (now >= this.#nextGenerationAt || this.#touchedUntil.size >= MAX_TOUCHED) {
      this.#touchedBefore = this.#touchedUntil;
      this.#touchedUntil = new Map();
      this.#nextGenerationAt = now + this.#keepMs;
    }
    this.#touchedUntil.set(value.toLowerCase(), now + this.#keepMs);
  }

  /** Nothing was sent for this value for as long as the index may lag. */
  isQuiet(value: string): boolean {
    const key = value.toLowerCase();
    const until = this.#touchedUntil.get(key) ?? this.#touchedBefore.get(key) ?? 0;
    return until <= this.#now();
  }

  forget(id: string): void {
    const entry = this.#byId.get(id);
    if (entry === undefined) return;
    this.#byId.delete(id);
    const key = entry.object.value.toLowerCase();
    if (this.#idByValue.get(key) === id) this.#idByValue.delete(key);
  }

  /** Puts newer versions in the place of older ones. */
  newest(found: IocObject): IocObject {
    const recent = this.byId(found.id);
    return recent !== null && recent.version > found.version ? recent : found;
  }

  byId(id: string): IocObject | null {
    const entry = this.#byId.get(id);
    if (entry === undefined) return null;
    if (entry.until > this.#now()) return entry.object;
    this.forget(id);
    return null;
  }

  /** When this process last wrote it, ms since 1970; -Infinity when it does not know. */
  writtenAt(id: string): number {
    const entry = this.#byId.get(id);
    return entry === undefined ? Number.NEGATIVE_INFINITY : entry.until - this.#keepMs;
  }

  byValue(value: string): IocObject | null {
    const object = this.byId(this.#idByValue.get(value.toLowerCase()) ?? '');
    return object !== null && isSameValue(object.value, value) ? object : null;
  }
}
