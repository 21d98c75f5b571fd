/**
 * Which kind of key is presented.
 *
 *   standard ── 401 ──▶ try advanced once ── accepted ──▶ advanced for good
 *      │                        ├── 401 too ──▶ standard; the next probe may try again
 *      │                        └── no telling (5xx, 429) ──▶ standard; the next 401 tries again
 *      └── accepted ──▶ standard for good
 *
 * A key does not say which kind it is, and XSOAR answers 401 to the wrong one
 * without having done anything, so the second attempt is safe.
 */
import type { XsoarKeyType } from './xsoar-client.ts';

/** The kind of key in use, and whether another may be tried. */
export class KeyChoice {
  #current: XsoarKeyType;
  /** True as long as the kind is a guess that no answer has confirmed. */
  #open: boolean;
  #tried = false;

  constructor(keyType: 'auto' | XsoarKeyType, canBeAdvanced: boolean) {
    this.#current = keyType === 'advanced' && canBeAdvanced ? 'advanced' : 'standard';
    this.#open = keyType === 'auto' && canBeAdvanced;
  }

  get current(): XsoarKeyType {
    return this.#current;
  }

  /** The kind to repeat a request with, or null where there is nothing left to try. */
  alternative(status: number, usedKind: XsoarKeyType): XsoarKeyType | null {
    if (status !== 401) {
      if (accepted(status)) this.#open = false;
      return null;
    }
    if (this.#open) return this.#tried ? null : 'advanced';
    // Another request has found out meanwhile.
    return usedKind === this.#current ? null : this.#current;
  }

  /** Takes note of what the repeated request was answered. */
  settle(kind: XsoarKeyType, status: number): void {
    if (!this.#open) return;
    if (status === 401) this.#tried = true;
    if (!accepted(status)) return;
    this.#open = false;
    this.#current = kind;
  }

  /** Lets the next 401 try the other kind again. */
  reopen(): void {
    this.#tried = false;
  }
}

/** A status that only a known key gets. */
function accepted(status: number): boolean {
  return status < 300 || status === 400 || status === 403;
}
