import { oasisTlpIds, openctiTlpIds, papAmberId, type Tlp } from '../stix/markings.ts';
import type { StixObject } from '../stix/object.ts';
import { authors } from './authors.ts';
import type { Random } from './random.ts';

/** Labels as analysts give them: with spaces, capitals and signs of other languages. */
const labels = [
  'c2',
  'botnet',
  'phishing',
  'ransomware',
  'loader',
  'stealer',
  'emotet',
  'qakbot',
  'APT28',
  'APT29',
  'Lazarus',
  'cobalt strike',
  'proxy',
  'scanner',
  'tor exit',
  'cryptominer',
  'webshell',
  'spearphishing',
  'watering hole',
  'supply chain',
  'exfiltration',
  'finance',
  'énergie',
  'hôpital',
  'gov-2026',
  'osint',
  'to:review',
  'blocked',
  'high/urgent',
  'triage #4',
] as const;

const phases = [
  'reconnaissance',
  'initial-access',
  'execution',
  'persistence',
  'defense-evasion',
  'credential-access',
  'lateral-movement',
  'command-and-control',
  'exfiltration',
  'impact',
] as const;

const scores = [0, 1, 30, 31, 60, 61, 100] as const;

const some = <T>(random: Random, from: readonly T[], most: number): T[] => {
  const chosen = new Set<T>();
  for (let i = random.below(most + 1); i > 0; i -= 1) chosen.add(random.pick(from));
  return [...chosen];
};

/** A score, often just at a threshold; null when the indicator has none. */
export function drawScore(random: Random): number | null {
  if (random.chance(0.02)) return null;
  return random.chance(0.3) ? random.pick(scores) : random.below(101);
}

export function drawLabels(random: Random): string[] {
  return some(random, labels, 4);
}

export function drawPhases(random: Random): string[] {
  return some(random, phases, 2);
}

/** None, one or several markings, of both generations and with others mixed in. */
export function drawMarkings(random: Random): string[] {
  if (random.chance(0.1)) return [];
  const levels: Tlp[] = ['CLEAR', 'GREEN', 'GREEN', 'AMBER', 'AMBER', 'AMBER+STRICT', 'RED'];
  const ids = random.chance(0.7) ? openctiTlpIds : oasisTlpIds;
  const markings = [ids[random.pick(levels)]];
  if (random.chance(0.05)) markings.push(openctiTlpIds[random.pick(levels)]);
  if (random.chance(0.2)) markings.unshift(papAmberId);
  return [...new Set(markings)];
}

export function drawAuthor(random: Random): StixObject | null {
  return random.chance(0.9) ? random.pick(authors) : null;
}

export function drawDescription(random: Random): string | null {
  if (random.chance(0.2)) return null;
  const what = random.pick(['Controller', 'Loader sample', 'Phishing page', 'Drop zone', 'Relay']);
  return `${what} seen in campaign ${random.below(10_000)}`;
}

const dayMs = 86_400_000;
const midnights = new Map<number, string>();

/** The ISO date of a day counted from the epoch; there are few of them in a feed. */
function midnight(day: number): string {
  const known = midnights.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * dayMs).toISOString();
  midnights.set(day, text);
  return text;
}

/** Mostly months ahead, sometimes past, sometimes none. */
export function drawValidUntil(random: Random, nowMs: number): string | null {
  if (random.chance(0.15)) return null;
  const days = random.chance(0.05) ? -random.below(300) - 1 : random.below(365) + 1;
  return midnight(Math.floor(nowMs / dayMs) + days);
}

export function drawReference(random: Random): string | null {
  return random.chance(0.3) ? `NW-2026-${random.below(1000)}` : null;
}
