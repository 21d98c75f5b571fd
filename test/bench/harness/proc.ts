/** What Linux says of a process. Elsewhere there is no /proc, and no figure. */
import { readFileSync } from 'node:fs';

/** Clock ticks per second in /proc: 100 on every Linux that Node runs on. */
const TICKS = 100;

/** CPU seconds that a process has used so far, user and system. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces; user and system are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function statusBytes(pid: number, key: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
  return Number(kib) * 1_024;
}

/** Resident memory at its highest so far, in bytes. */
export const peakRss = (pid: number): number => statusBytes(pid, 'VmHWM');

/** Resident memory now, in bytes. */
export const rss = (pid: number): number => statusBytes(pid, 'VmRSS');
