import { listLimits } from './bounded-text.ts';

/** The values of XSOAR's multi-select field `killchainphases` (CommonTypes content pack). */
export const KILL_CHAIN_PHASES = [
  'Reconnaissance',
  'Weaponization',
  'Delivery',
  'Exploitation',
  'Installation',
  'Command & Control',
  'Actions on Objectives',
  'Build Capabilities',
  'Privilege Escalation',
  'Adversary Opsec',
  'Credential Access',
  'Exfiltration',
  'Lateral Movement',
  'Defense Evasion',
  'Persistence',
  'Collection',
  'Impact',
  'Initial Access',
  'Discovery',
  'Execution',
] as const;

const bySlug = new Map<string, string>(KILL_CHAIN_PHASES.map((phase) => [slugOf(phase), phase]));
bySlug.set('actions-on-objective', 'Actions on Objectives');

/** `Command & Control`, `command_and_control` and `command-and-control` are one phase. */
function slugOf(name: string): string {
  return name.toLowerCase().replaceAll('&', 'and').replaceAll(' ', '-').replaceAll('_', '-');
}

/**
 * XSOAR's names of the phases in an untrusted `kill_chain_phases`, in their order, each once. Phases
 * that XSOAR's list lacks (`resource-development`) are counted in `unknown`: a value outside the
 * list could not be chosen or filtered by in XSOAR, and as tags they would look like labels that
 * somebody set in OpenCTI.
 */
export function killChainPhases(phases: unknown): { known: string[]; unknown: number } {
  const known: string[] = [];
  let unknown = 0;
  if (!Array.isArray(phases)) return { known, unknown };
  const count = Math.min(phases.length, listLimits.phases);
  for (let at = 0; at < count; at += 1) {
    const entry: unknown = phases[at];
    if (typeof entry !== 'object' || entry === null || !('phase_name' in entry)) continue;
    const name = entry.phase_name;
    if (typeof name !== 'string') continue;
    // OpenCTI names them as slugs already.
    const phase =
      bySlug.get(name) ?? (name.length > 64 ? undefined : bySlug.get(slugOf(name.trim())));
    if (phase === undefined) unknown += 1;
    else if (!known.includes(phase)) known.push(phase);
  }
  return { known, unknown };
}
