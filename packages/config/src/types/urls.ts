import { MASK, Secret } from '../secret.ts';
import { bad, good, hasControls, type Reading, type ValueType } from './value-type.ts';

/**
 * A text with URLs, fit to be shown: whatever stands before an @ and after a ? is masked. Works on
 * broken URLs too, since those are what a message quotes: what has no `://` is masked whole if it
 * has an @.
 */
export function maskUrls(text: string): string {
  const parts = text.split('://');
  if (parts.length === 1) return text.includes('@') ? MASK : beforeQuery(text);
  return parts
    .map((part, index) => {
      if (index === 0) return part;
      const at = part.lastIndexOf('@');
      return beforeQuery(at < 0 ? part : `${MASK}${part.slice(at)}`);
    })
    .join('://');
}

function beforeQuery(text: string): string {
  const mark = text.indexOf('?');
  return mark < 0 ? text : `${text.slice(0, mark)}?${MASK}`;
}

/** The base URL of a server, without the slash at its end. */
export const webUrl: ValueType<string> = {
  label: 'URL',
  empty: 'default',
  show: maskUrls,
  read(text) {
    const example = 'a URL such as https://host.example';
    const url = URL.canParse(text) && !hasControls(text) ? new URL(text) : null;
    if (
      url === null ||
      !['http:', 'https:'].includes(url.protocol) ||
      !/^https?:\/\//i.test(text)
    ) {
      return bad(`${example} (with http:// or https://)`);
    }
    if (url.username !== '' || url.password !== '') {
      return bad(`${example} without user and password in it`);
    }
    if (url.search !== '' || url.hash !== '' || text.includes('?') || text.includes('#')) {
      return bad(`${example} without a query or fragment`);
    }
    if (url.hostname.split('.').some((label) => /^change-?me$/i.test(label))) {
      return bad('the real host in place of the placeholder');
    }
    return good(text.replace(/\/{1,8}$/, ''));
  },
};

/** The base URL of an OTLP collector. */
export const collectorUrl: ValueType<string> = {
  ...webUrl,
  read(text) {
    const read = webUrl.read(text);
    return read.ok && read.value.endsWith('/v1/traces')
      ? bad('the URL of the collector without /v1/traces, which is added')
      : read;
  },
};

const FORMS =
  'redis://host:6379, rediss://host:6379 (TLS), redis+sentinel://host:26379,host2:26379/master, or a comma list of redis:// URLs (Cluster)';

/** Where Redis is. Kept as it is written; a secret, because passwords are written into it. */
export const redisUrl: ValueType<Secret> = {
  label: 'URL',
  empty: 'default',
  show: maskUrls,
  read(text) {
    if (hasControls(text) || text.includes(' ')) return bad(FORMS);
    const sentinel = /^rediss?\+sentinel:\/\//i.exec(text);
    if (sentinel) return readSentinels(text, text.slice(sentinel[0].length));
    for (const part of text.split(',')) {
      const url = URL.canParse(part) ? new URL(part) : null;
      const fits = url !== null && ['redis:', 'rediss:'].includes(url.protocol);
      if (!fits || url.hostname === '') return bad(FORMS);
      if (!/^(\/\d{0,4})?$/.test(url.pathname)) return bad('a database number after the slash');
    }
    return good(new Secret(text));
  },
};

function readSentinels(whole: string, rest: string): Reading<Secret> {
  const at = rest.lastIndexOf('@');
  const [hosts = '', ...path] = rest.slice(at + 1).split('/');
  const named = hosts.split(',').every((host) => /^[A-Za-z0-9._-]{1,255}(:\d{1,5})?$/.test(host));
  const [master = 'mymaster', database = '0', ...more] = path;
  const fits = named && /^[A-Za-z0-9._-]{0,128}$/.test(master) && /^\d{0,4}$/.test(database);
  return fits && more.length === 0 ? good(new Secret(whole)) : bad(FORMS);
}
