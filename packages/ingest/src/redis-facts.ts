/** What Redis says of its memory and of how well it keeps what it is told. */
export interface RedisFacts {
  /** Share of `maxmemory` that is used; null without a limit. */
  memoryRatio: number | null;
  /** It refuses writes when it is full, instead of forgetting keys. */
  keepsKeys: boolean;
  /** It writes an append-only file; null when it does not say (some managed services). */
  appendOnly: boolean | null;
}

/** Reads the answer of Redis' INFO. */
export function parseRedisFacts(info: string): RedisFacts {
  const fields = new Map<string, string>();
  for (const line of info.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const limit = Number(fields.get('maxmemory') ?? 0);
  const aof = fields.get('aof_enabled');
  return {
    memoryRatio: limit > 0 ? Number(fields.get('used_memory') ?? 0) / limit : null,
    keepsKeys: (fields.get('maxmemory_policy') ?? 'noeviction') === 'noeviction',
    appendOnly: aof === undefined ? null : aof === '1',
  };
}
