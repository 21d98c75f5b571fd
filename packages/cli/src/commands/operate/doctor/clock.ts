import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import tls from 'node:tls';
import { type Finding, ok, skipped, warning } from './finding.ts';

/** Clocks that differ more than this are worth a warning, in ms. */
export const SKEW_MS = 5_000;
const TIMEOUT_MS = 5_000;

/**
 * How far a server's clock is ahead of ours, in ms, by the `Date` of any answer of its; null where
 * it cannot be told. Sends no credentials, and knows no proxies: a proxy's date would say nothing.
 */
export function measureSkew(
  url: string,
  trust: { sslVerify: boolean; ca: string | null },
  now: () => number = Date.now,
): Promise<number | null> {
  return new Promise((resolve) => {
    const secure = new URL(url).protocol === 'https:';
    const ca = trust.ca === null ? {} : { ca: [...tls.getCACertificates('default'), trust.ca] };
    const options = { method: 'HEAD', agent: false, timeout: TIMEOUT_MS };
    const asked = now();
    const request = secure
      ? requestHttps(url, { ...options, rejectUnauthorized: trust.sslVerify, ...ca })
      : requestHttp(url, options);
    request.once('response', (response) => {
      const date = Date.parse(response.headers.date ?? '');
      // The header has seconds only; the answer was made somewhere between asking and now.
      const middle = (asked + now()) / 2;
      resolve(Number.isNaN(date) ? null : Math.round(date + 500 - middle));
      response.destroy();
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(null));
    request.once('close', () => resolve(null));
    request.end();
  });
}

/** What a difference of clocks means. `matters`: what goes wrong by it. */
export function clockFinding(skewMs: number | null, matters: string): Finding {
  const what = 'clock';
  if (skewMs === null) return skipped(what, 'its clock could not be read');
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  if (Math.abs(skewMs) <= SKEW_MS) return ok(what, 'goes with the clock of this machine');
  const side = skewMs > 0 ? 'ahead of' : 'behind';
  return warning(what, `${seconds} s ${side} the clock of this machine`, {
    why: matters,
    fix: 'Let all machines take their time from the same NTP servers.',
  });
}
