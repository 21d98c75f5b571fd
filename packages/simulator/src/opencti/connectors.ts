/** A connector as the platform keeps it. */
export interface ConnectorRecord {
  id: string;
  name: string;
  type: string;
  scope: string[];
  auto: boolean;
  /** Its own version, where it told one. */
  version: string | null;
  /** JSON text exactly as the last ping sent it; empty after a reset, null before any. */
  state: string | null;
  stateSetAtMs: number | null;
  /** The operator pressed "reset state" and no ping has been answered since. */
  resetPending: boolean;
  info: Record<string, unknown> | null;
  registrations: number;
  pings: number;
  lastPingMs: number | null;
}

/** Registered connectors, and the platform's rules for their state. */
export interface ConnectorBook {
  register(input: {
    id: string;
    name: string;
    type: string;
    scope: string[];
    auto: boolean;
    version?: string | null;
  }): ConnectorRecord;
  /**
   * Stores the state sent and returns what the platform answers; null for an unknown
   * id. While a reset is pending the state sent is ignored and the answer is empty,
   * once: a lost answer loses the reset.
   */
  ping(
    id: string,
    state: string | null,
    info: Record<string, unknown> | null,
    staleEcho: boolean,
  ): { record: ConnectorRecord; answered: string | null } | null;
  /** What "reset state" does; false for an unknown id. */
  reset(id: string): boolean;
  /** Sets a state, e.g. one that another connector left. Registers the id when needed. */
  setState(id: string, state: string | null): void;
  remove(id: string): boolean;
  get(id: string): ConnectorRecord | undefined;
  list(): ConnectorRecord[];
}

export function createConnectorBook(now: () => number): ConnectorBook {
  const records = new Map<string, ConnectorRecord>();
  const take = (id: string): ConnectorRecord => {
    const known = records.get(id);
    if (known) return known;
    const record: ConnectorRecord = {
      id,
      name: '',
      type: 'STREAM',
      scope: [],
      auto: false,
      version: null,
      state: null,
      stateSetAtMs: null,
      resetPending: false,
      info: null,
      registrations: 0,
      pings: 0,
      lastPingMs: null,
    };
    records.set(id, record);
    return record;
  };
  return {
    register(input) {
      const record = take(input.id);
      Object.assign(record, {
        name: input.name,
        type: input.type,
        scope: input.scope,
        auto: input.auto,
        version: input.version ?? null,
      });
      record.registrations += 1;
      return record;
    },
    ping(id, state, info, staleEcho) {
      const record = records.get(id);
      if (!record) return null;
      record.pings += 1;
      record.lastPingMs = now();
      if (info) record.info = info;
      if (record.resetPending) {
        record.resetPending = false;
        return { record, answered: record.state };
      }
      const before = record.state;
      if (state !== null) {
        record.state = state;
        record.stateSetAtMs = now();
      }
      return { record, answered: staleEcho ? before : record.state };
    },
    reset(id) {
      const record = records.get(id);
      if (!record) return false;
      record.state = '';
      record.stateSetAtMs = now();
      record.resetPending = true;
      return true;
    },
    setState(id, state) {
      const record = take(id);
      record.state = state;
      record.stateSetAtMs = now();
    },
    remove: (id) => records.delete(id),
    get: (id) => records.get(id),
    list: () => [...records.values()],
  };
}
