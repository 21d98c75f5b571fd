/**
 * What OpenCTI is told of an entity, and noting it for the ingest that tells.
 * Nothing waits for it and no failure of it reaches a delivery.
 */
import type { DeliveryFailure, DeploymentNote, Deployments } from '@xsoar-intel/pipeline';
import type { DeliveryResult } from './deliver.ts';

type Delivered = Extract<DeliveryResult, { kind: 'delivered' }>;

/** Notes what became of entities. None of it throws. */
export interface DeploymentNotes {
  delivered(entityId: string, result: Delivered): void;
  buried(entityId: string, failure: DeliveryFailure, reason: string): void;
  /** Resolves when nothing is being noted. */
  idle(): Promise<void>;
}

/** After these the indicator of a removed entity is still in XSOAR. */
const STAYS = new Set(['left', 'tagged']);

/**
 * What a delivery makes of an entity; null: nothing that OpenCTI should be told, since it neither
 * is nor was in XSOAR, or stays there by `XSOAR_DELETE_MODE`, or will be pushed once more.
 */
export function noteOfDelivery(result: Delivered, now: number): DeploymentNote | null {
  const { operation, provisional, present, excluded, actions } = result;
  if (provisional) return null;
  if (operation === 'upsert' && present > 0) return { status: 'deployed', at: now };
  if (operation === 'upsert' && excluded > 0) {
    return { status: 'failed', at: now, cause: 'on the exclusion list of XSOAR' };
  }
  if (actions.length === 0 || actions.some((action) => STAYS.has(action))) return null;
  return { status: 'removed', at: now };
}

/**
 * The cause in a few words of our own: what XSOAR and the network say may name hosts of the inner
 * network, and OpenCTI's readers are not those of the dead letters.
 */
export function causeOf(failure: Pick<DeliveryFailure, 'status' | 'operation'>, reason: string) {
  const answer = failure.status === null ? '' : ` (HTTP ${failure.status})`;
  const what = failure.operation === 'delete' ? 'the removal' : 'it';
  switch (reason) {
    case 'rejected':
      return `XSOAR refused ${what}${answer}`;
    case 'too-large':
      return `too large for XSOAR${answer}`;
    case 'bad-answer':
      return `XSOAR answered what is no answer${answer}`;
    case 'attempts-exhausted':
      return `all attempts failed${answer}`;
    case 'stalled':
      return 'the worker stopped again and again';
    default:
      return 'an error of the connector';
  }
}

/** Notes into Redis. `onDropped`: so many older notes had to go. */
export function createDeploymentNotes(parts: {
  deployments: Pick<Deployments, 'note'>;
  onDropped(count: number): void;
  onError(error: unknown): void;
  /** ms since 1970 */
  now(): number;
}): DeploymentNotes {
  const underWay = new Set<Promise<void>>();
  let failing = false;

  function note(entityId: string, version: string, what: DeploymentNote): void {
    const noted = parts.deployments
      .note(entityId, version, what)
      .then(
        (dropped) => {
          failing = false;
          if (dropped !== null && dropped > 0) parts.onDropped(dropped);
        },
        (error: unknown) => {
          // Once for the whole time that it fails, not once for each delivery.
          if (!failing) parts.onError(error);
          failing = true;
        },
      )
      .finally(() => underWay.delete(noted));
    underWay.add(noted);
  }

  return {
    delivered(entityId, result) {
      const what = noteOfDelivery(result, parts.now());
      if (what !== null) note(entityId, result.version, what);
    },
    buried(entityId, failure, reason) {
      const cause = causeOf(failure, reason);
      note(entityId, failure.version, { status: 'failed', at: parts.now(), cause });
    },
    async idle() {
      await Promise.all(underWay);
    },
  };
}
