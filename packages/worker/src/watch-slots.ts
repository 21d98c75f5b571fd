import type { Slots } from '@xsoar-intel/pipeline';

/** What is told of the lease protocol; each is rare where all is well. */
export interface LeaseEvents {
  /** A lease was taken over from a worker that did not end its push in time. */
  tookOver(): void;
  /** A state will be pushed once more, since a late request may undo it (law L5). */
  provisional(): void;
}

/** The same slots, telling what happens to leases. */
export function watchSlots(slots: Slots, events: LeaseEvents): Slots {
  return {
    ...slots,
    async begin(...args) {
      const begun = await slots.begin(...args);
      if (begun.kind === 'leased' && begun.tookOver) events.tookOver();
      return begun;
    },
    async settle(...args) {
      const settled = await slots.settle(...args);
      if (settled.kind === 'provisional') events.provisional();
      return settled;
    },
  };
}
