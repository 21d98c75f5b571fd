import { isAboutContent } from '../failure/meaning.ts';
import type { IocObject } from '../indicator.ts';
import { anyOf, idClause, stixIdClause, valueClause } from '../query.ts';
import type { XsoarClient } from '../xsoar-client.ts';
import { XsoarError } from '../xsoar-error.ts';
import { Batcher, type Joined } from './batcher.ts';

/** XSOAR's limit for one page. */
const MAX_PAGE_SIZE = 1000;
/** A value of common words may match many indicators; beyond this we give up. */
const MAX_PAGES = 10;

/** Sizes and times of a batch, and who is told of it; see Batcher. */
export interface BatchSizes {
  maxKeys: number;
  windowMs: number;
  gatherMs: number;
  holdBackAt: number;
  maxHoldBackMs: number;
  joined?: Joined;
}

/** Looks for indicators; all that is looked for at about the same time goes into one search. */
export class Lookups {
  readonly #client: Pick<XsoarClient, 'search'>;
  readonly #batcher: Batcher<IocObject[]>;

  constructor(client: Pick<XsoarClient, 'search'>, sizes: BatchSizes) {
    this.#client = client;
    this.#batcher = new Batcher({
      ...sizes,
      operation: 'search',
      // A query of this length is far below any known limit of a body.
      maxCharacters: 64 * 1024,
      leavesDoubt: false,
      run: (_group, keys, signal) => this.#search(keys, signal),
      splitOn: isAboutContent,
    });
  }

  /** As the index has it, which may be an older version, or nothing yet. */
  async byId(id: string, signal?: AbortSignal): Promise<IocObject | null> {
    const [object] = await this.#batcher.ask('', `i${id}`, signal);
    return object ?? null;
  }

  /** All with this value in any case and of any type: see pickMatch. */
  byValue(value: string, signal?: AbortSignal): Promise<IocObject[]> {
    return this.#batcher.ask('', `v${value}`, signal);
  }

  /** All whose field `stixid` names this STIX id. */
  byStixId(stixId: string, signal?: AbortSignal): Promise<IocObject[]> {
    return this.#batcher.ask('', `s${stixId}`, signal);
  }

  async #search(
    keys: string[],
    signal: AbortSignal | undefined,
  ): Promise<Map<string, IocObject[]>> {
    const found = new Map<string, IocObject[]>(keys.map((key) => [key, []]));
    const keysByValue = groupByLowerCase(keys);
    const query = anyOf(keys.map(clauseOf));
    const size = Math.min(MAX_PAGE_SIZE, Math.max(100, 4 * keys.length));
    let received = 0;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { iocObjects, total } = await this.#client.search({ query, page, size }, signal);
      received += iocObjects.length;
      for (const object of iocObjects) {
        found.get(`i${object.id}`)?.push(object);
        for (const key of keysByValue.get(object.value.toLowerCase()) ?? []) {
          found.get(key)?.push(object);
        }
        for (const stixId of stixIdsOf(object)) found.get(`s${stixId}`)?.push(object);
      }
      if (iocObjects.length === 0 || received >= total || isComplete(found)) return found;
    }
    throw new XsoarError({
      kind: 'bad-answer',
      operation: 'search',
      uncertain: false,
      message: `search: more than ${received} indicators match, and what is looked for is not among these`,
    });
  }
}

/** Keys are an `i` and an id, a `v` and a value, or an `s` and a STIX id. */
function clauseOf(key: string): string {
  const text = key.slice(1);
  if (key[0] === 'i') return idClause(text);
  return key[0] === 's' ? stixIdClause(text) : valueClause(text);
}

/** STIX ids in the field `stixid`: one, or several that stand behind one value. */
export function stixIdsOf({ CustomFields }: IocObject): string[] {
  const stixid = CustomFields?.stixid;
  if (Array.isArray(stixid)) return stixid.filter((id) => typeof id === 'string');
  if (typeof stixid !== 'string') return [];
  return stixid.split(/[\s,]+/).filter((id) => id !== '');
}

function groupByLowerCase(keys: readonly string[]): Map<string, string[]> {
  return Map.groupBy(
    keys.filter((key) => key[0] === 'v'),
    (key) => key.slice(1).toLowerCase(),
  );
}

/** Everything is there, in its exact spelling. Behind a STIX id there may always be one more. */
function isComplete(found: ReadonlyMap<string, readonly IocObject[]>): boolean {
  return [...found].every(([key, objects]) => {
    if (key[0] === 's') return false;
    return objects.some((object) => key[0] === 'i' || object.value === key.slice(1));
  });
}
