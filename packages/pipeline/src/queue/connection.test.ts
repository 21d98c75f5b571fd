import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './connection.ts';

describe('REDIS_URL', () => {
  it('names one server', () => {
    const url = 'rediss://user:secret@redis.example:6380/2';
    expect(parseRedisUrl(url)).toEqual({ kind: 'single', url });
  });

  it('names sentinels, their master, login and database', () => {
    const target = parseRedisUrl('redis+sentinel://me:p%40ss@s1:26379,s2/mymaster/3');
    expect(target).toMatchObject({
      kind: 'sentinel',
      master: 'mymaster',
      sentinels: [
        { host: 's1', port: 26379 },
        { host: 's2', port: 26379 },
      ],
    });
    if (target.kind === 'sentinel') {
      expect(target.url.username).toBe('me');
      expect(target.url.pathname).toBe('/3');
    }
  });

  it('names the first nodes of a cluster', () => {
    const target = parseRedisUrl('redis://a:7000, redis://b:7001');
    expect(target.kind).toBe('cluster');
    if (target.kind === 'cluster') {
      expect(target.urls.map(({ host }) => host)).toEqual(['a:7000', 'b:7001']);
    }
  });
});
