/** What befalls the runs of the model: each profile makes some laws bite. */
import type { EventShape } from './events.ts';

/** Chances and rates of a kind of run. */
export interface Profile {
  events: number;
  shape: EventShape;
  /** Chances per request. */
  failure: number;
  /** Share of the failures after which nobody knows whether the request took effect. */
  ambiguous: number;
  late: number;
  freeze: number;
  /** Times a second, on the average. */
  workerKills: number;
  manualRetries: number;
  removedJobs: number;
  duplicateJobs: number;
  operatorHolds: number;
  cutConnections: number;
  /** Chance of the ingest's death per step of a batch. */
  ingestCrash: number;
  /** Chance per event that an older one comes out of its place, and that the last ones are sent again. */
  repeat: number;
  /** Redis goes back in time once. */
  rollback: boolean;
  /** Without it whatever loses a wake-up shows. */
  sweeper: boolean;
}

const shape: EventShape = {
  entities: 50,
  sharedValues: 10,
  deleteShare: 0.2,
  fixedValues: false,
};

/** The profiles, in the order in which seeds go through them. */
export const PROFILES: ReadonlyMap<string, Profile> = new Map<string, Profile>([
  [
    // Everything at once.
    'storm',
    {
      events: 500,
      shape,
      failure: 0.12,
      ambiguous: 0.5,
      late: 0.02,
      freeze: 0.015,
      workerKills: 3,
      manualRetries: 10,
      removedJobs: 10,
      duplicateJobs: 10,
      operatorHolds: 0.5,
      cutConnections: 0.5,
      ingestCrash: 0.03,
      repeat: 0.03,
      rollback: false,
      sweeper: true,
    },
  ],
  [
    // Late requests above all: killed, frozen and timed-out pushes whose effect comes afterwards.
    'zombies',
    {
      events: 350,
      shape,
      failure: 0.02,
      ambiguous: 0.5,
      late: 0.06,
      freeze: 0.06,
      workerKills: 4,
      manualRetries: 0,
      removedJobs: 0,
      duplicateJobs: 20,
      operatorHolds: 0,
      cutConnections: 0,
      ingestCrash: 0,
      repeat: 0,
      rollback: false,
      sweeper: true,
    },
  ],
  [
    // Nothing but failing pushes and retries by hand: no wake-up may be lost, so no sweeper is needed.
    'calm',
    {
      events: 700,
      // Few entities: most events meet a push of their entity.
      shape: { ...shape, entities: 12 },
      failure: 0.08,
      ambiguous: 0,
      late: 0,
      freeze: 0,
      workerKills: 0,
      manualRetries: 10,
      removedJobs: 0,
      duplicateJobs: 0,
      operatorHolds: 0,
      cutConnections: 0,
      ingestCrash: 0,
      repeat: 0.02,
      rollback: false,
      sweeper: false,
    },
  ],
  [
    // Redis goes back in time, while ingests crash. Values are not to change here: what a state
    // pushed that Redis has forgotten is known to nobody, see docs/guarantees.md.
    'rollback',
    {
      events: 500,
      shape: { ...shape, deleteShare: 0, fixedValues: true },
      failure: 0.03,
      ambiguous: 0.5,
      late: 0,
      freeze: 0,
      workerKills: 1,
      manualRetries: 0,
      removedJobs: 0,
      duplicateJobs: 0,
      operatorHolds: 0,
      cutConnections: 0.5,
      ingestCrash: 0.02,
      repeat: 0.02,
      rollback: true,
      sweeper: true,
    },
  ],
]);

/** Storm twice as often as the others. */
const CYCLE = ['storm', 'zombies', 'storm', 'calm', 'rollback'] as const;

/** The profile of a seed. */
export function profileOf(seed: number): [name: string, Profile] {
  const name = CYCLE[seed % CYCLE.length] ?? 'storm';
  const profile = PROFILES.get(name);
  if (!profile) throw new Error(`no profile ${name}`);
  return [name, profile];
}
