import type { Random } from '../generate/random.ts';

/**
 * What may go wrong with one request. `commit` says whether the server does its work
 * although the client sees a failure: the dangerous kind.
 */
export type Fault =
  | {
      kind: 'status';
      status: number;
      /** Seconds from now; sent as `Retry-After`. */
      retryAfter?: number;
      /** `date` sends the same moment as an HTTP date. */
      retryAfterForm?: 'seconds' | 'date';
      /** Sent verbatim instead, for values that are no rightful `Retry-After`. */
      retryAfterText?: string;
      body?: string;
      contentType?: string;
      commit?: boolean;
    }
  | { kind: 'html'; status?: number }
  | { kind: 'redirect'; location: string; status?: number }
  /** The connection is reset before the server acts, or after (the reply is lost). */
  | { kind: 'reset'; when: 'before' | 'after' }
  /** The server acts at once and sends the status line only after the delay. */
  | { kind: 'slow-headers'; delayMs: number }
  /** Headers and half of the body at once, the rest after the delay. */
  | { kind: 'slow-body'; delayMs: number }
  /** Headers that promise a whole body, half of it, then the end of the connection. */
  | { kind: 'cut-body' }
  /** No answer at all; the connection stays open. */
  | { kind: 'hang'; commit?: boolean };

/** When a fault strikes. Without `times` and `probability`: every request until removed. */
export interface FaultRule {
  fault: Fault;
  /** Only these operations, by the server's own names; all when absent. */
  operations?: string[];
  /** Only requests whose body contains this text. */
  value?: string;
  /** Strike at most so often, then the rule is gone. */
  times?: number;
  /** Let so many matching requests through first. */
  skip?: number;
  /** Strike only with this probability (0 to 1). */
  probability?: number;
}

/** A rule as it stands: what is left of it and how often it struck. */
export interface FaultState extends FaultRule {
  id: number;
  struck: number;
}

/** The rules of one server. The first rule that applies strikes. */
export interface FaultBook {
  add(rule: FaultRule): number;
  remove(id: number): boolean;
  clear(): void;
  list(): FaultState[];
  choose(operation: string, body: string): Fault | null;
  readonly struck: number;
}

export function createFaultBook(random: Random): FaultBook {
  let rules: FaultState[] = [];
  let nextId = 1;
  let struck = 0;
  const applies = (rule: FaultState, operation: string, body: string): boolean => {
    if (rule.operations && !rule.operations.includes(operation)) return false;
    if (rule.value !== undefined && !body.includes(rule.value)) return false;
    if ((rule.skip ?? 0) > 0) {
      rule.skip = (rule.skip ?? 0) - 1;
      return false;
    }
    return rule.probability === undefined || random.chance(rule.probability);
  };
  return {
    add(rule) {
      const id = nextId++;
      rules.push({ ...rule, id, struck: 0 });
      return id;
    },
    remove(id) {
      const before = rules.length;
      rules = rules.filter((rule) => rule.id !== id);
      return rules.length < before;
    },
    clear() {
      rules = [];
    },
    list: () => rules.map((rule) => ({ ...rule })),
    choose(operation, body) {
      for (const rule of rules) {
        if (!applies(rule, operation, body)) continue;
        rule.struck += 1;
        struck += 1;
        if (rule.times !== undefined && rule.struck >= rule.times)
          rules = rules.filter((other) => other !== rule);
        return rule.fault;
      }
      return null;
    },
    get struck() {
      return struck;
    },
  };
}
