import { bad, isDigits, type Reading } from './reading.ts';

const highestAsNumber = 4_294_967_295;

/**
 * `autonomous-system:number`: ASN, written `AS64512` because XSOAR's type is recognised by it.
 * OpenCTI may put the name of the system in this place; that is refused.
 */
export function readAsn(text: string): Reading {
  const prefix = text.slice(0, 2).toLowerCase() === 'as' ? text.slice(2).trimStart() : text;
  const valid = prefix.length <= 10 && isDigits(prefix) && Number(prefix) <= highestAsNumber;
  return valid ? { type: 'ASN', value: `AS${Number(prefix)}` } : bad('not an AS number');
}

/** `vulnerability:name`: CVE, if the name is a CVE number. In upper case. */
export function readCve(text: string): Reading {
  const name = text.toUpperCase();
  const valid =
    name.length >= 13 &&
    name.length <= 24 &&
    name.startsWith('CVE-') &&
    isDigits(name.slice(4, 8)) &&
    name.charAt(8) === '-' &&
    isDigits(name.slice(9));
  return valid ? { type: 'CVE', value: name } : bad('not a CVE number');
}

/**
 * `cryptocurrency-wallet:value`: Cryptocurrency Address (content pack "Cryptocurrency"). The coin is
 * a field where the form gives it away; the value stays the bare address.
 */
export function readWallet(text: string): Reading {
  if (text.length > 256 || text.includes(' ')) return bad('not a wallet address');
  const coin = coinOf(text);
  const reading = { type: 'Cryptocurrency Address', value: text };
  return coin === null ? reading : { ...reading, fields: { cryptocurrencyaddresstype: coin } };
}

function coinOf(address: string): string | null {
  const { length } = address;
  if (address.slice(0, 3).toLowerCase() === 'bc1' && length >= 14 && length <= 90) return 'bitcoin';
  if (address.startsWith('0x') && length === 42) return 'ethereum';
  const first = address.charAt(0);
  return (first === '1' || first === '3') && length >= 26 && length <= 35 ? 'bitcoin' : null;
}
