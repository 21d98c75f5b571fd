import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether an IP address can be reached from this machine only. */
export function isLoopback(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * The IP address to listen on. Names are resolved here, once, so that what was
 * found harmless is what is listened on.
 *
 * Without a login anything but loopback is refused: whoever reaches the board
 * sees the intelligence, and with actions on steers what reaches XSOAR.
 */
export async function listenAddress(name: string, hasLogin: boolean): Promise<string> {
  const address = isIP(name) === 0 ? await resolve(name) : name;
  if (!hasLogin && !isLoopback(address)) {
    throw new Error(
      `the board does not listen on ${name} (BOARD_ADDR) without a login: set BOARD_USER and BOARD_PASSWORD, or listen on 127.0.0.1`,
    );
  }
  return address;
}

async function resolve(name: string): Promise<string> {
  try {
    return (await lookup(name)).address;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`cannot listen on ${name} (BOARD_ADDR): no such host (${code ?? 'unknown'})`);
  }
}

/**
 * Whether a Host header names this machine itself. Where nobody has to log in,
 * other names are refused: a web page could have its own name resolve to
 * 127.0.0.1 (DNS rebinding) and would then count as the same origin.
 */
export function isLocalHost(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  // URL keeps the brackets around an IPv6 address.
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}
