import { describe, expect, it } from 'vitest';
import { judgeInfo, parseInfo } from './redis-checks.ts';

const good = {
  redis_version: '7.0.15',
  role: 'master',
  maxmemory_policy: 'noeviction',
  aof_enabled: '1',
  aof_last_write_status: 'ok',
  used_memory: '104857600',
  maxmemory: '1073741824',
};

const levels = (change: Partial<Record<keyof typeof good, string>>) => {
  const info = new Map(Object.entries({ ...good, ...change }));
  return judgeInfo(info)
    .filter(({ level }) => level !== 'ok')
    .map(({ level, what }) => `${level} ${what}`);
};

describe('what INFO says of a Redis', () => {
  it('is read field by field', () => {
    const info = parseInfo('# Server\r\nredis_version:7.0.15\r\nos:Linux: x\r\n');
    expect([...info]).toEqual([
      ['redis_version', '7.0.15'],
      ['os', 'Linux: x'],
    ]);
  });

  it('is fine where everything is', () => {
    expect(levels({})).toEqual([]);
    expect(levels({ redis_version: '6.2.0' })).toEqual([]);
  });

  it.each([
    [{ redis_version: '6.0.16' }, 'failed version'],
    [{ redis_version: '5.0.7' }, 'failed version'],
    [{ role: 'slave' }, 'failed role'],
    [{ maxmemory_policy: 'allkeys-lru' }, 'failed eviction'],
    [{ aof_enabled: '0' }, 'warning append-only file'],
    [{ aof_last_write_status: 'err' }, 'failed append-only file'],
    [{ maxmemory: '0' }, 'warning memory'],
    [{ used_memory: '1000000000' }, 'warning memory'],
  ])('finds %o', (change, found) => {
    expect(levels(change)).toEqual([found]);
  });

  it('says why and what to do for each of them', () => {
    const info = new Map(Object.entries({ ...good, role: 'slave', aof_enabled: '0' }));
    for (const finding of judgeInfo(info).filter(({ level }) => level !== 'ok')) {
      expect(finding.why).toBeTruthy();
      expect(finding.fix).toBeTruthy();
    }
  });
});
