/** What a worker does differently for what the write probe found, see docs/xsoar.md. */
import type { TenantAnswers } from '@xsoar-intel/pipeline';
import type { XsoarOptions } from '@xsoar-intel/xsoar';

/** How this worker speaks to XSOAR. */
export interface Adaptation {
  api: NonNullable<XsoarOptions['api']>;
  /** Longest that the index is taken to lag behind a write, ms. */
  maxIndexLagMs: number;
  /** The same for a delete, which has to end before its delivery does; ms. */
  maxDeleteLagMs: number;
  /** What differs from the usual, in words. */
  adapted: string[];
  /** What no worker can mend, and who can. */
  warnings: string[];
}

/** Palo Alto's own script waits as long for the index. */
const USUAL_LAG_MS = 20_000;
/** Longer waits would hold up more than they save. */
const LONGEST_LAG_MS = 600_000;

/**
 * Chooses by what is known.
 * @param answers what a probe found; null where nobody has probed
 * @param now what goes without them: the API that is configured, the address that it
 *   leads to, and the times of a delivery in ms
 */
export function adaptTo(
  answers: TenantAnswers | null,
  now: {
    api: NonNullable<XsoarOptions['api']>;
    address: string;
    pushBudgetMs: number;
    lateWindowMs: number;
  },
): Adaptation {
  const found = answers?.address === now.address ? answers.answers : {};
  const adapted: string[] = [];
  const warnings: string[] = [];

  // Twice what was seen once: the next write may wait longer.
  const twice = 2 * Number(found.indexLag ?? 0);
  const maxIndexLagMs = Math.min(Math.max(USUAL_LAG_MS, twice || 0), LONGEST_LAG_MS);
  const maxDeleteLagMs = Math.min(maxIndexLagMs, now.pushBudgetMs / 3);
  if (maxIndexLagMs > USUAL_LAG_MS) {
    const seconds = Math.ceil(maxIndexLagMs / 1_000);
    adapted.push(`the index is believed ${seconds} s after a write, and no sooner`);
    if (maxDeleteLagMs < maxIndexLagMs) {
      warnings.push(`deletes cannot wait for the index: set DELIVERY_TIMEOUT to ${3 * seconds}s`);
    }
    if (now.lateWindowMs < maxIndexLagMs) {
      warnings.push(`the index lags more than is waited: set DELIVERY_LATE_WINDOW to ${seconds}s`);
    }
  }

  let { api } = now;
  if (found.edit === '303' && now.address.includes('/xsoar/public/v1')) {
    if (api === 'auto') {
      api = '8-internal';
      adapted.push('the public prefix offers no edits: XSOAR_API=auto means 8-internal');
    } else {
      warnings.push('the public prefix offers no edits: set XSOAR_API=8-internal');
    }
  }
  if (found.staleVersion === 'accepted') {
    warnings.push(
      "XSOAR takes edits of older versions: an analyst's edit between a read and a write may be lost",
    );
  }
  return { api, maxIndexLagMs, maxDeleteLagMs, adapted, warnings };
}
