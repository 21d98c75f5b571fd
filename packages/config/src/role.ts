/**
 * What a process does, and so which variables it reads and needs. A variable that a role does not
 * read is neither checked nor kept: a worker never holds the OpenCTI token, whatever its
 * environment has.
 *
 * - `ingest`: reads the stream of OpenCTI;
 * - `worker`: pushes to XSOAR;
 * - `board`: serves Bull Board;
 * - `operator`: commands that only talk to Redis (`status`, `top`, `pause`, `cursor`, ...);
 * - `explain`: shows what would be sent; needs nothing.
 */
export type Role = 'ingest' | 'worker' | 'board' | 'operator' | 'explain';

/** Every role, in the order of the documentation. */
export const ROLES: readonly Role[] = ['ingest', 'worker', 'board', 'operator', 'explain'];
