import type { IocObject } from '../indicator.ts';
import type { Lookups } from './lookups.ts';
import { pickMatch, type Target } from './match.ts';
import type { RecentWrites } from './recent-writes.ts';

/** Finds one indicator: in XSOAR's index, corrected by what this process has just written. */
export class Finder {
  readonly #lookups: Pick<Lookups, 'byId' | 'byValue'>;
  readonly #recent: RecentWrites;

  constructor(lookups: Pick<Lookups, 'byId' | 'byValue'>, recent: RecentWrites) {
    this.#lookups = lookups;
    this.#recent = recent;
  }

  async byId(id: string, signal?: AbortSignal): Promise<IocObject | null> {
    const found = await this.#lookups.byId(id, signal);
    return found === null ? this.#recent.byId(id) : this.#recent.newest(found);
  }

  /**
   * @param options.gone ids that XSOAR has said not to have, whatever its index shows
   * @param options.exists see pickMatch
   */
  async byValue(
    target: Target,
    options: { gone?: ReadonlySet<string>; exists?: boolean },
    signal?: AbortSignal,
  ): Promise<IocObject | null> {
    const { gone, exists = false } = options;
    const isThere = ({ id }: IocObject) => !gone?.has(id);
    const found = (await this.#lookups.byValue(target.value, signal)).filter(isThere);
    const match = pickMatch(found, target, exists);
    if (match !== null) return this.#recent.newest(match);
    const remembered = this.#recent.byValue(target.value);
    return remembered === null ? null : pickMatch([remembered].filter(isThere), target, exists);
  }
}
