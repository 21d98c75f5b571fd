import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectorUrl, maskUrls, redisUrl, webUrl } from './urls.ts';

const webValue = (text: string) => {
  const read = webUrl.read(text);
  return read.ok ? read.value : undefined;
};
const takesRedis = (text: string) => redisUrl.read(text).ok;

describe('web URLs', () => {
  it('lose the slash at their end and keep a base path', () => {
    expect(webValue('https://opencti.example/')).toBe('https://opencti.example');
    expect(webValue('http://host:8080/base/')).toBe('http://host:8080/base');
  });

  it.each([
    'opencti.example',
    'ftp://host',
    'https:/host',
    'https://',
    'https://user:pw@host',
    'https://host?token=1',
    'https://host#a',
    'https://host?',
    'javascript:alert(1)',
    'https://xsoar.changeme.com',
    'https://ChangeMe',
  ])('%s is refused', (text) => {
    expect(webValue(text)).toBeUndefined();
  });
});

it('the URL of a collector is a web URL without the path that is added to it', () => {
  const good = collectorUrl.read('https://collector.example/otlp/');
  expect(good).toEqual({ ok: true, value: 'https://collector.example/otlp' });
  const read = collectorUrl.read('http://collector:4318/v1/traces/');
  expect(!read.ok && read.expected).toContain('/v1/traces');
  expect(collectorUrl.read('collector:4318').ok).toBe(false);
});

describe('Redis URLs', () => {
  it.each([
    'redis://127.0.0.1:6379',
    'redis://user:p%40ss@redis/3',
    'rediss://redis.example:6380',
    'redis+sentinel://:pw@a:26379,b:26379/mymaster/0',
    'rediss+sentinel://a,b',
    'redis://a:7000,redis://b:7001',
  ])('%s is taken', (text) => {
    expect(takesRedis(text)).toBe(true);
  });

  it.each([
    '127.0.0.1:6379',
    'http://redis',
    'redis://',
    'redis://a,b',
    'redis://host/x',
    'redis+sentinel://',
    'redis+sentinel://a:x/m',
    'redis+sentinel://a/m/0/x',
    'redis://a b',
  ])('%s is refused', (text) => {
    expect(takesRedis(text)).toBe(false);
  });

  it('print as ***', () => {
    const read = redisUrl.read('redis://:pw@host');
    expect(read.ok && `${read.value}`).toBe('***');
    expect(read.ok && read.value.reveal()).toBe('redis://:pw@host');
  });
});

describe('URLs that are shown', () => {
  it.each([
    ['redis://user:pw@host:1/2', 'redis://***@host:1/2'],
    ['redis://user:p@w/x?y@host:1', 'redis://***@host:1'],
    ['redis://:a@b:1,redis://:c@d:1', 'redis://***@b:1,redis://***@d:1'],
    ['redis+sentinel://:pw@a:1,b:2/m', 'redis+sentinel://***@a:1,b:2/m'],
    ['https://host/path?token=x', 'https://host/path?***'],
    ['redis:/user:pw@host', '***'],
    ['nonsense', 'nonsense'],
  ])('%s is shown as %s', (text, shown) => {
    expect(maskUrls(text)).toBe(shown);
  });

  it('never show a password, wherever it stands before the host', () => {
    const password = fc.string({ maxLength: 30 }).filter((text) => !text.includes('://'));
    fc.assert(
      fc.property(password, (text) => {
        const shown = maskUrls(`redis://user:${text}@host:6379/1,redis://user:${text}@two`);
        expect(shown).toBe('redis://***@host:6379/1,redis://***@two');
      }),
    );
  });
});
