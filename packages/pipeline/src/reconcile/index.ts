export { type Compared, type CompareOptions, compareValue, type ValueVerdict } from './compare.ts';
export { ListingError, LostRunError } from './errors.ts';
export type { Fence } from './fence.ts';
export { createGate, type Waiting } from './gate.ts';
export { isListed } from './listed.ts';
export { createLookups, type LookParts, lookAt, subjectsOf, type ValueLook } from './look.ts';
export { type Office, takeOffice } from './office.ts';
export type { Progress } from './parts.ts';
export { versionOf } from './phase-repair.ts';
export { type ReconcileParts, reconcile } from './reconcile.ts';
export {
  type Counts,
  DRIFTS,
  type Drift,
  driftOf,
  FINDINGS_MAX,
  type Finding,
  noCounts,
  type Report,
  unrepairedOf,
} from './report.ts';
export { PHASES, type Phase, type RunOptions, readLastReport, readRunState } from './run-store.ts';
export { readStanding, type Standing } from './standing.ts';
export type { StreamAccess } from './walk-stream.ts';
