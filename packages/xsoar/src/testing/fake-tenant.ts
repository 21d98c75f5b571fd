import { hash } from 'node:crypto';
import type { IocFields, IocObject } from '../indicator.ts';
import { type DeleteTarget, idOf } from '../write-request.ts';
import type { WriterClient } from '../writer/create-writer.ts';
import { isSameValue } from '../writer/match.ts';
import type { Patience } from '../writer/patience.ts';
import type { SearchFilter } from '../xsoar-client.ts';
import { XsoarError, type XsoarOperation } from '../xsoar-error.ts';

/** How a tenant of a test behaves where real ones may differ. */
export interface TenantHabits {
  ids: 'counter' | 'md5' | 'client';
  /** Create of a value that is there: merged in, left as it is, or refused. */
  duplicates: 'merge' | 'keep' | 409 | 400;
  /** Edit of an id that is not there. */
  missing: 400 | 404;
  /** Status of a version conflict. */
  conflict: 400 | 409;
  /** Time until a write shows in searches, ms of the tenant's clock. */
  indexLagMs: number;
  /** A delete passes by what the index does not show yet. */
  deletesWhatItShows: boolean;
}

interface Written {
  at: number;
  id: string;
  /** Null for a delete. */
  object: IocObject | null;
}

/** XSOAR in memory, below HTTP, with a clock of its own that only sleepers move. */
export class FakeTenant implements WriterClient {
  readonly objects = new Map<string, IocObject>();
  readonly excluded = new Set<string>();
  readonly calls: XsoarOperation[] = [];
  readonly queries: SearchFilter[] = [];
  /** Runs before each call, to let others in between or to fail it. */
  before: (operation: XsoarOperation) => void | Promise<void> = () => {};
  /** Runs after a write has taken effect: throwing loses the reply. */
  after: (operation: XsoarOperation) => void = () => {};
  /** Ids that batchDelete ignores. */
  readonly undeletable = new Set<string>();
  /** Ids that make batchDelete fail, and the status of its answer then. */
  readonly poisonous = new Set<string>();
  poisonStatus = 400;
  readonly habits: TenantHabits;
  #log: Written[] = [];
  #lastId = 100;
  #now = 0;

  constructor(habits: Partial<TenantHabits> = {}) {
    this.habits = {
      ids: 'counter',
      duplicates: 'merge',
      missing: 400,
      conflict: 400,
      indexLagMs: 0,
      deletesWhatItShows: false,
      ...habits,
    };
  }

  /** The tenant's clock, with pauses that take no real time. */
  get patience(): Patience {
    return {
      now: () => this.#now,
      random: () => 0.5,
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        this.pass(ms);
        await new Promise(setImmediate);
        signal?.throwIfAborted();
      },
    };
  }

  /** Lets time pass, until the index has caught up by default. */
  pass(ms = this.habits.indexLagMs): void {
    this.#now += ms;
  }

  count(operation: XsoarOperation): number {
    return this.calls.filter((call) => call === operation).length;
  }

  /** The only indicator with this value. */
  get(value: string): IocObject | undefined {
    const found = [...this.objects.values()].filter((object) => object.value === value);
    if (found.length > 1) throw new Error(`${value} is there ${found.length} times`);
    return found[0];
  }

  /** Puts an indicator there, known to the index. */
  seed(object: Partial<IocObject> & { value: string }): IocObject {
    const seeded = {
      id: this.#newId(object.value, undefined),
      version: 1,
      indicator_type: 'Domain',
      ...object,
    };
    this.#write(seeded.id, seeded, -Number.MAX_SAFE_INTEGER);
    return seeded;
  }

  /** What a person or another program does in between. */
  change(value: string, change: (object: IocObject) => void): void {
    const object = this.get(value);
    if (object === undefined) return;
    const changed = structuredClone(object);
    change(changed);
    changed.version += 1;
    this.#write(object.id, changed);
  }

  drop(id: string): void {
    this.#write(id, null);
  }

  async create(indicator: IocFields): Promise<IocObject | null> {
    await this.#enter('create');
    if (this.excluded.has(indicator.value)) return null;
    const present = this.get(indicator.value);
    const { duplicates } = this.habits;
    if (present === undefined) {
      if (this.habits.ids === 'client' && this.objects.has(indicator.id ?? '')) {
        throw refusal('create', 409, `id ${indicator.id} exists`);
      }
      const id = this.#newId(indicator.value, indicator.id);
      return this.#leave('create', { ...structuredClone(indicator), id, version: 1 });
    }
    if (duplicates === 'keep') return structuredClone(present);
    if (duplicates !== 'merge') throw refusal('create', duplicates, 'Indicator already exists');
    const merged = { ...present, ...structuredClone(indicator) };
    return this.#leave('create', { ...merged, id: present.id, version: present.version + 1 });
  }

  async edit(indicator: IocObject): Promise<IocObject> {
    await this.#enter('edit');
    const present = this.objects.get(indicator.id);
    const { missing, conflict } = this.habits;
    if (present === undefined) throw refusal('edit', missing, 'Item not found (8)');
    if (present.version !== indicator.version) {
      throw refusal('edit', conflict, 'DB Version and Insert version differ', 'errOptimisticLock');
    }
    return this.#leave('edit', { ...structuredClone(indicator), version: present.version + 1 });
  }

  async batchDelete(targets: readonly DeleteTarget[]): Promise<{ updatedIds: string[] }> {
    await this.#enter('delete');
    const ids = targets.map(idOf);
    if (ids.some((id) => this.poisonous.has(id))) {
      throw refusal('delete', this.poisonStatus, 'bad id');
    }
    const found = this.habits.deletesWhatItShows ? this.#indexed() : this.objects;
    const updatedIds = targets
      .filter((target) => {
        const id = idOf(target);
        const value = found.get(id)?.value;
        const meant = typeof target === 'string' || isSameValue(value ?? '', target.value);
        return meant && this.objects.has(id) && found.has(id) && !this.undeletable.has(id);
      })
      .map(idOf);
    for (const id of updatedIds) this.#write(id, null);
    this.after('delete');
    return { updatedIds };
  }

  async search(filter: SearchFilter): Promise<{ iocObjects: IocObject[]; total: number }> {
    await this.#enter('search');
    this.queries.push(filter);
    const { page = 0, size = 0 } = filter;
    const clauses = [...filter.query.matchAll(/(stixid|id|value):"((?:[^"\\]|\\.)*)"/g)].map(
      ([, field, text]) => ({ field, text: (text ?? '').replace(/\\(.)/g, '$1').toLowerCase() }),
    );
    const hits = [...this.#indexed().values()].filter((object) =>
      clauses.some(({ field, text }) =>
        // Analysed, as a real one may be: parts of a value match too.
        field === 'value'
          ? object.value.toLowerCase().includes(text)
          : field === 'id'
            ? object.id === text
            : String(object.CustomFields?.stixid).toLowerCase().includes(text),
      ),
    );
    const iocObjects = structuredClone(hits.slice(page * size, (page + 1) * size));
    return { iocObjects, total: hits.length };
  }

  async #enter(operation: XsoarOperation): Promise<void> {
    this.calls.push(operation);
    await this.before(operation);
  }

  #leave(operation: XsoarOperation, object: IocObject): IocObject {
    this.#write(object.id, object);
    this.after(operation);
    return structuredClone(object);
  }

  #write(id: string, object: IocObject | null, at = this.#now): void {
    if (object === null) this.objects.delete(id);
    else this.objects.set(id, object);
    this.#log.push({ at, id, object });
  }

  /** What the index shows now. */
  #indexed(): Map<string, IocObject> {
    const shown = new Map<string, IocObject>();
    for (const { at, id, object } of this.#log) {
      if (at > this.#now - this.habits.indexLagMs && this.habits.indexLagMs > 0) continue;
      if (object === null) shown.delete(id);
      else shown.set(id, object);
    }
    return shown;
  }

  #newId(value: string, hint: string | undefined): string {
    if (this.habits.ids === 'client' && hint !== undefined) return hint;
    if (this.habits.ids === 'md5') return hash('md5', value);
    this.#lastId += 1;
    return String(this.#lastId);
  }
}

/** A refusal as the client would report it. */
export function refusal(
  operation: XsoarOperation,
  status: number,
  words: string,
  errorId = 'bad_request',
): XsoarError {
  const body = JSON.stringify({ id: errorId, status, error: words });
  return new XsoarError({
    kind: 'status',
    operation,
    status,
    errorId,
    body,
    uncertain: status >= 500,
    message: `${operation}: HTTP ${status}: ${words}`,
  });
}

/** A time-out after the request was sent. */
export function timeOut(operation: XsoarOperation): XsoarError {
  return new XsoarError({ kind: 'timeout', operation, uncertain: true, message: 'timed out' });
}
