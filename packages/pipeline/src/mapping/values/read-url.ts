import type { GoodReading } from './reading.ts';
import { refang, refangScheme } from './refang.ts';

/**
 * `url:value`: URL. Refanged, scheme and host in lower case, the rest untouched: a path, a query and
 * an international host name are the value that somebody will compare with. A text without a scheme
 * is taken as it is.
 */
export function readUrl(original: string): GoodReading {
  return { type: 'URL', value: cleanUrl(original) };
}

function cleanUrl(original: string): string {
  const early = original.slice(0, 16);
  const text = early.includes('[://]')
    ? original.replace('[://]', '://')
    : early.includes('[:]//')
      ? original.replace('[:]//', '://')
      : original;
  const slashes = text.indexOf('://');
  if (slashes < 1 || !isScheme(text, slashes)) return cleanWithoutScheme(text);
  const scheme = refangScheme(text.slice(0, slashes));
  const start = slashes + 3;
  const end = authorityEnd(text, start);
  const written = text.slice(start, end);
  const authority = refang(written);
  const wasDefanged = authority !== written || scheme !== text.slice(0, slashes).toLowerCase();
  const rest = text.slice(end);
  return `${scheme}://${lowerHost(authority)}${wasDefanged ? refangDots(rest) : rest}`;
}

/** `evil[.]com/path`: only what was defanged is changed. */
function cleanWithoutScheme(text: string): string {
  const end = authorityEnd(text, 0);
  const written = text.slice(0, end);
  const authority = refang(written);
  return authority === written ? text : authority + refangDots(text.slice(end));
}

// In a path brackets mean themselves, unless the writer defanged the whole address.
function refangDots(text: string): string {
  return text.replaceAll('[.]', '.');
}

function lowerHost(authority: string): string {
  const at = authority.lastIndexOf('@');
  return at < 0
    ? authority.toLowerCase()
    : authority.slice(0, at) + authority.slice(at).toLowerCase();
}

/** Where the host and port end: at the first `/`, `?` or `#`. */
export function authorityEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2f || code === 0x3f || code === 0x23) return at;
  }
  return text.length;
}

// `h**p` is no scheme, but it stands where one would.
function isScheme(text: string, end: number): boolean {
  if (end > 16) return false;
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at) | 0x20;
    const letter = code >= 0x61 && code <= 0x7a;
    const other = text.charCodeAt(at);
    const mark = other === 0x2a || other === 0x2b || other === 0x2d || other === 0x2e;
    const digit = other >= 0x30 && other <= 0x39;
    if (!letter && !mark && !digit) return false;
  }
  return true;
}
