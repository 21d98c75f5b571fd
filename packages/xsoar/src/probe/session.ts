import type { IocFields, IocObject } from '../indicator.ts';
import { idClause, valueClause } from '../query.ts';
import { createRequest, deleteRequest, editRequest, type WriteRequest } from '../write-request.ts';
import { lookUntil, type Patience } from '../writer/patience.ts';
import type { XsoarClient } from '../xsoar-client.ts';
import { XsoarError } from '../xsoar-error.ts';

/** The calls that a probe makes. */
export type ProbeClient = Pick<XsoarClient, 'endpoint' | 'post' | 'search'>;

/** An answer of XSOAR to something that it may refuse. */
export type Attempt = { kind: 'taken'; body: unknown } | { kind: 'refused'; error: XsoarError };

/** Shown on XSOAR's side of a delete. */
const REASON = 'Probe of xsoar-intel doctor';
/** What tells how this tenant answers, in contrast to "XSOAR is not there". */
const ANSWERS = new Set(['status', 'redirect', 'not-json', 'bad-answer']);
const NO_ANSWERS = new Set([401, 402, 429]);

/** The requests of one probe, about one value. */
export class ProbeSession {
  readonly value: string;
  /** What the type that does not exist is tried on. */
  readonly oddValue: string;
  readonly #client: ProbeClient;
  readonly #patience: Patience;
  readonly #maxLagMs: number;
  readonly #signal: AbortSignal | undefined;

  constructor(
    client: ProbeClient,
    value: string,
    options: { patience: Patience; maxLagMs: number; signal: AbortSignal | undefined },
  ) {
    this.#client = client;
    this.value = value;
    this.oddValue = `odd-type.${value}`;
    this.#patience = options.patience;
    this.#maxLagMs = options.maxLagMs;
    this.#signal = options.signal;
  }

  create(fields: Omit<IocFields, 'value' | 'indicator_type'>): Promise<Attempt> {
    return this.attempt(createRequest({ value: this.value, indicator_type: 'Domain', ...fields }));
  }

  /** A second value, of a type that no tenant has. */
  createOfUnknownType(): Promise<Attempt> {
    const indicator = { value: this.oddValue, indicator_type: 'XSOAR Intel Probe', score: 1 };
    return this.attempt(createRequest(indicator));
  }

  /** A feed of nothing. */
  feedNothing(): Promise<Attempt> {
    const body = { indicators: [], classifierId: '', mapperId: '', bypassExclusionList: false };
    return this.attempt({ operation: 'create', path: '/indicators/feed/json', body });
  }

  /** Deletes the probe's value by its name; like every delete of ours, without excluding it. */
  deleteByValue(): Promise<Attempt> {
    const body = { value: this.value, doNotWhitelist: true, reason: REASON };
    return this.attempt({ operation: 'delete', path: '/indicator/whitelist', body });
  }

  edit(object: Record<string, unknown>): Promise<Attempt> {
    return this.attempt({ ...editRequest(object as IocObject), body: object });
  }

  delete(id: string): Promise<Attempt> {
    return this.attempt(deleteRequest([id], REASON));
  }

  deleteByEmptyFilter(id: string): Promise<Attempt> {
    const request = deleteRequest([id], REASON);
    return this.attempt({ ...request, body: { ...request.body, filter: {} } });
  }

  /** @throws XsoarError where there was no answer, or none to this question */
  async attempt(request: WriteRequest): Promise<Attempt> {
    try {
      return { kind: 'taken', body: await this.#client.post(request, this.#signal) };
    } catch (error) {
      if (!(error instanceof XsoarError) || !ANSWERS.has(error.kind)) throw error;
      if (error.status !== undefined && NO_ANSWERS.has(error.status)) throw error;
      return { kind: 'refused', error };
    }
  }

  /** The index's word, when it has any. */
  async byId(id: string): Promise<IocObject | null> {
    const { iocObjects } = await this.#search(idClause(id));
    return iocObjects.find((object) => object.id === id) ?? null;
  }

  /** All of the probe's value, or of another, in any case. */
  async byValue(sought = this.value): Promise<IocObject[]> {
    const { iocObjects } = await this.#search(valueClause(sought));
    const wanted = sought.toLowerCase();
    return iocObjects.filter(({ value }) => value.toLowerCase() === wanted);
  }

  /** Waits until a look finds something; null when the index did not show it in time. */
  wait<T>(look: () => Promise<T | null>): Promise<T | null> {
    return lookUntil(look, this.#maxLagMs, this.#patience, 'search', this.#signal);
  }

  /** The object as it is once the index shows this version or a later one. */
  settled(id: string, version: number): Promise<IocObject | null> {
    return this.wait(async () => {
      const object = await this.byId(id);
      return object !== null && object.version >= version ? object : null;
    });
  }

  #search(query: string) {
    return this.#client.search({ query, size: 10 }, this.#signal);
  }
}

/** The object in an answer, where it is one. */
export function objectOf(attempt: Attempt): IocObject | null {
  if (attempt.kind === 'refused' || typeof attempt.body !== 'object') return null;
  const { id, version } = Object(attempt.body) as Record<string, unknown>;
  const known = (typeof id === 'string' || typeof id === 'number') && typeof version === 'number';
  return known ? ({ ...attempt.body, id: String(id) } as IocObject) : null;
}

/** A refusal in one word for programs, such as `400 errOptimisticLock`. */
export function refusalOf({ status, errorId, kind }: XsoarError): string {
  return [status ?? kind, errorId].filter((part) => part !== undefined).join(' ');
}
