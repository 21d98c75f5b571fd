import type { XsoarApi } from '../xsoar-client.ts';

/** What the advice depends on. */
export interface AdviceContext {
  api: XsoarApi;
  /** The answer names an error of XSOAR itself, so the path exists. */
  hasErrorId: boolean;
}

const WRONG_ADDRESS: Record<XsoarApi, string> = {
  '8': 'XSOAR_URL must be the API address (https://api-<fqdn>, "Copy API URL" on the API keys page) and not that of the web application. An XSOAR 6 server needs XSOAR_API=6',
  '8-internal':
    'XSOAR_URL must be the API address (https://api-<fqdn>, "Copy API URL" on the API keys page) and not that of the web application. An XSOAR 6 server needs XSOAR_API=6',
  '6': 'XSOAR_URL must be the address of the XSOAR 6 server itself. XSOAR 8 needs XSOAR_KEY_ID and XSOAR_API=8',
};

/** For an answer 200 that is a page: an XSOAR 6 server gives its start page for any `/xsoar` path. */
export function adviceForPage(api: XsoarApi): string {
  return `this is not the API. ${WRONG_ADDRESS[api]}`;
}

/** For a 3xx: XSOAR 8 sends whoever asks for an unpublished path to the web application. */
export function adviceForRedirect(api: XsoarApi): string {
  const unpublished =
    api === '8' ? ', or the path is not published there: try XSOAR_API=8-internal' : '';
  return `redirects are not followed, they would carry the key elsewhere. ${WRONG_ADDRESS[api]}${unpublished}`;
}

/** What a status means and what to do about it. Empty where the server's own words must do. */
export function adviceForStatus(status: number, { api, hasErrorId }: AdviceContext): string {
  switch (status) {
    case 401:
      return 'the key is refused: check XSOAR_KEY and XSOAR_KEY_ID, whether the key is an Advanced one (XSOAR_KEY_TYPE=advanced) and whether it has expired';
    case 402:
      return 'no licence for this API: XSOAR_URL leads to the API of XSIAM or XDR, or the licence has lapsed';
    case 403:
      return api === '6'
        ? 'the key is wrong, or its user may not edit indicators: check XSOAR_KEY'
        : "the key's role may not do this: it needs the right to edit indicators";
    case 404:
    case 405:
      return hasErrorId ? '' : `there is no such call at this address. ${WRONG_ADDRESS[api]}`;
    case 407:
      return 'the proxy wants a user name and a password: put them into HTTPS_PROXY';
    case 413:
      return 'the indicator is larger than XSOAR, or a proxy before it, takes';
    case 429:
      return 'XSOAR asks for a pause';
    case 408:
    case 502:
    case 503:
    case 504:
      return 'XSOAR, or something before it, cannot answer now';
    case 500:
      return api === '6'
        ? 'if this is XSOAR 8, it answers so to paths without /xsoar: set XSOAR_KEY_ID and XSOAR_API=8'
        : '';
    default:
      return '';
  }
}

const UNTRUSTED = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** What an error code of the network means and what to do about it. */
export function adviceForNetwork(code: string): string {
  if (UNTRUSTED.has(code)) {
    return 'the certificate is signed by an authority that is not trusted here: give it in XSOAR_CA_FILE';
  }
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name cannot be resolved: check XSOAR_URL and the DNS';
    case 'ECONNREFUSED':
      return 'nothing listens there: check host and port of XSOAR_URL, or the proxy';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to that host: check network, firewall and proxy';
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return 'the certificate is out of date, or the clock here is wrong';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'the certificate is for another host name: use that one in XSOAR_URL';
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'what listens there speaks no TLS: check scheme and port of XSOAR_URL';
    default:
      return '';
  }
}
