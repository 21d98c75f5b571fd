/** OpenCTI as an operator's command asks it: soon, or not at all. */
import type { OpenctiConfig } from '@xsoar-intel/config';
import { createOpenctiApi, type OpenctiApi, OpenctiError } from '@xsoar-intel/opencti';
import { visible } from '../../terminal/visible.ts';
import { userAgent } from '../../version.ts';

/** Time for one call, in ms. */
const TIMEOUT_MS = 10_000;

/** A connection where the configuration has one; else null. */
export function openctiOf({
  url,
  token,
  sslVerify,
  headers,
  ca,
}: OpenctiConfig): OpenctiApi | null {
  if (url === null || token === null) return null;
  return createOpenctiApi({
    url,
    token: token.reveal(),
    sslVerify,
    headers: headers.reveal(),
    userAgent,
    timeoutMs: TIMEOUT_MS,
    ...(ca === null ? {} : { ca }),
  });
}

/** What a failed call means, and what to do about it. */
export interface OpenctiTrouble {
  why: string;
  fix: string;
}

/** Puts a failed call into words; anything but an OpenctiError is thrown on. */
export function openctiTrouble(error: unknown): OpenctiTrouble {
  if (!(error instanceof OpenctiError)) throw error;
  return { why: visible(error.message), fix: fixOf(error) };
}

function fixOf({ kind, operation }: OpenctiError): string {
  switch (kind) {
    case 'unauthorized':
      return 'OPENCTI_TOKEN is wrong or no longer valid: take it from the profile of the connector’s user.';
    case 'forbidden':
      return `Give the user of OPENCTI_TOKEN, or its group, the capability ${capabilityFor(operation)}.`;
    case 'network':
      return 'Check OPENCTI_URL, and whether this machine reaches it (DNS, firewall, proxy, certificate).';
    case 'not-found':
      return 'OPENCTI_URL must be the base address of the platform, without /graphql or /dashboard.';
    case 'bad-answer':
      return 'What answers is not OpenCTI’s API: check OPENCTI_URL, and any login page of a proxy before it.';
    case 'unavailable':
    case 'rate-limited':
      return 'Wait and look again; if it stays so, see the health of the platform and of proxies before it.';
    case 'schema':
      return 'This version of OpenCTI does not know what was asked.';
    case 'refused':
      return 'OpenCTI understood and said no: its own log says why.';
  }
}

/** The capability that a call needs, and its name in the interface. */
function capabilityFor(operation: string): string {
  switch (operation) {
    case 'streamCollection':
      return 'TAXIIAPI (“Access data sharing”)';
    case 'register':
    case 'ping':
      return 'CONNECTORAPI (“Connectors API usage”)';
    default:
      return 'KNOWLEDGE (“Access knowledge”)';
  }
}
