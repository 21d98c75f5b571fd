import type { IocObject } from '../indicator.ts';
import { isSameValue } from './match.ts';

interface Entry {
  object: IocObject;
  until: number;
}

/** Values of which it is remembered that something was sent; some 100 bytes each. */
const MAX_TOUCHED = 20_000;

/**
 * What this process has just written, as XSOAR answered it. The search index
 * lags behind writes by seconds, and would make us create what we have just
 * created, or edit with a version that we have just replaced.
 */
export class RecentWrites {
  readonly #byId = new Map<string, Entry>();
  readonly #idByValue = new Map<string, string>();
  readonly #touchedUntil = new Map<string, number>();
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
    const key = value.toLowerCase();
    this.#touchedUntil.delete(key);
    this.#touchedUntil.set(key, this.#now() + this.#keepMs);
    for (const [oldest] of this.#touchedUntil) {
      if (this.#touchedUntil.size <= MAX_TOUCHED) break;
      this.#touchedUntil.delete(oldest);
    }
  }

  /** Nothing was sent for this value for as long as the index may lag. */
  isQuiet(value: string): boolean {
    return (this.#touchedUntil.get(value.toLowerCase()) ?? 0) <= this.#now();
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
