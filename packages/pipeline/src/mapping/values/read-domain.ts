import { domainToASCII } from 'node:url';
import { readAnyIp } from './read-ip.ts';
import { readUrl } from './read-url.ts';
import { bad, isDigits, type Reading } from './reading.ts';
import { refang } from './refang.ts';

const longestName = 253;

/**
 * `domain-name:value`: Domain; DomainGlob with a leading `*.`; Onion Address for the address of an
 * onion service itself (XSOAR's type takes 16 or 56 base-32 characters, no names under it). In lower
 * case, without the dot at the end. An IP address, or a URL, that feeds put here is sent as what it is.
 */
export function readDomain(original: string): Reading {
  const text = refang(original);
  const ip = readAnyIp(text);
  if (ip !== null) return { ...ip, retyped: true };
  if (text.includes('/')) {
    return { ...readUrl(original), retyped: true };
  }
  const { name, port } = splitPort(text);
  const reading = readName(name);
  return port === undefined || 'bad' in reading
    ? reading
    : { ...reading, fields: { port: [port] } };
}

function readName(text: string): Reading {
  let name = text.toLowerCase();
  if (name.endsWith('.')) name = name.slice(0, -1);
  const glob = name.startsWith('*.');
  const problem = nameProblem(glob ? name.slice(2) : name);
  if (problem !== null) return bad(problem);
  if (glob) return { type: 'DomainGlob', value: name };
  if (isOnionAddress(name)) return { type: 'Onion Address', value: name };
  return asciiTopLevel(name);
}

function splitPort(text: string): { name: string; port?: string } {
  const at = text.lastIndexOf(':');
  if (at < 0) return { name: text };
  const port = text.slice(at + 1);
  return port.length <= 5 && isDigits(port) ? { name: text.slice(0, at), port } : { name: text };
}

function nameProblem(name: string): string | null {
  if (name.length > longestName) return `longer than ${longestName} characters`;
  let label = 0;
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    if (code === 0x2e) {
      if (label === 0) return 'a label is empty';
      label = 0;
    } else if (isNameCharacter(code)) label += 1;
    else return 'not a domain name';
  }
  return label === 0 ? 'a label is empty' : null;
}

// Letters, digits, hyphen, underscore (service names) and everything beyond ASCII.
function isNameCharacter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x5f ||
    code > 0x7f
  );
}

/**
 * XSOAR's Domain type takes any letters in a label but only a-z in the last one. So
 * `bücher.example` stays as it is and `пример.рф` is written in punycode, as a whole.
 */
function asciiTopLevel(name: string): Reading {
  for (let at = name.lastIndexOf('.') + 1; at < name.length; at += 1) {
    if (name.charCodeAt(at) <= 0x7f) continue;
    const ascii = domainToASCII(name);
    return ascii === '' ? bad('not a domain name') : { type: 'Domain', value: ascii };
  }
  return { type: 'Domain', value: name };
}

function isOnionAddress(name: string): boolean {
  if (!name.endsWith('.onion')) return false;
  const length = name.length - '.onion'.length;
  if (length !== 16 && length !== 56) return false;
  for (let at = 0; at < length; at += 1) {
    const code = name.charCodeAt(at);
    const base32 = (code >= 0x61 && code <= 0x7a) || (code >= 0x32 && code <= 0x37);
    if (!base32) return false;
  }
  return true;
}

/** `hostname:value`: Host, in lower case; any name will do, as XSOAR's type has no form of its own. */
export function readHost(original: string): Reading {
  const value = refang(original).toLowerCase();
  return value.length > longestName
    ? bad(`longer than ${longestName} characters`)
    : { type: 'Host', value };
}

/** An address behind a reference (`network-traffic:dst_ref.value`): an IP address or a domain name. */
export function readAddress(original: string): Reading {
  const text = refang(original);
  return readAnyIp(text) ?? readDomain(text);
}
