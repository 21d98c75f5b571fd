import { parseNetwork } from './ip-address.ts';
import { bad, type GoodReading, isDigits, type Reading } from './reading.ts';
import { refang } from './refang.ts';

/**
 * `ipv4-addr:value`: IP, or CIDR with a prefix length below 32 (STIX allows networks here, and `=`
 * and ISSUBSET name the same network). `1.2.3.4:80` is the address with the port as a field.
 */
export function readIpv4(text: string): Reading {
  return readIp(text, 4);
}

/** `ipv6-addr:value`: IPv6, or IPv6CIDR with a prefix length below 128. In lower case. */
export function readIpv6(text: string): Reading {
  return readIp(text, 6);
}

/** What a reference to an address may hold: an IP address or network of either kind, or null. */
export function readAnyIp(text: string): GoodReading | null {
  const network = parseNetwork(text);
  if (network === null) return null;
  const { family, address, bits } = network;
  if (family === 4) {
    return bits === 32
      ? { type: 'IP', value: address }
      : { type: 'CIDR', value: `${address}/${bits}` };
  }
  const value = address.toLowerCase();
  return bits === 128 ? { type: 'IPv6', value } : { type: 'IPv6CIDR', value: `${value}/${bits}` };
}

function readIp(original: string, family: 4 | 6): Reading {
  const text = refang(original);
  const reading = readAnyIp(text);
  if (reading !== null) return marked(reading, family);
  const withPort = readIpv4WithPort(text);
  return withPort ?? bad(`not an IPv${family} address or network`);
}

function marked(reading: GoodReading, family: 4 | 6): Reading {
  const isV6 = reading.type === 'IPv6' || reading.type === 'IPv6CIDR';
  return isV6 === (family === 6) ? reading : { ...reading, retyped: true };
}

function readIpv4WithPort(text: string): Reading | null {
  const at = text.indexOf(':');
  if (at < 0) return null;
  const port = text.slice(at + 1);
  const reading = port.length <= 5 && isDigits(port) ? readAnyIp(text.slice(0, at)) : null;
  if (reading?.type !== 'IP') return null;
  return { ...reading, fields: { port: [port] } };
}
