import type { FakeXsoar } from '@xsoar-intel/simulator';
import { until } from '../support/until.ts';

/** What an analyst changes on one indicator. */
export interface AnalystChange {
  addTag: string;
  removeTag?: string;
  comment: string;
}

/** An indicator as far as an analyst cares; all of it is sent back. */
interface Indicator {
  id: string;
  value: string;
  version: number;
  CustomFields: { tags?: string[]; [name: string]: unknown };
  [field: string]: unknown;
}

/**
 * An analyst at XSOAR's own API, with the care that XSOAR's interface takes: each
 * edit names the version that was read, and one that lost is begun anew.
 */
export class Analyst {
  /** Edits that lost against somebody else's. */
  conflicts = 0;
  readonly #xsoar: FakeXsoar;

  constructor(xsoar: FakeXsoar) {
    this.#xsoar = xsoar;
  }

  /** Tries until the change is in. */
  async change(value: string, { addTag, removeTag, comment }: AnalystChange): Promise<void> {
    for (;;) {
      const read = await this.#read(value);
      const tags = [...(read.CustomFields.tags ?? []).filter((tag) => tag !== removeTag), addTag];
      const CustomFields = { ...read.CustomFields, tags };
      const answer = await this.#post('/indicator/edit', { ...read, comment, CustomFields });
      if (answer.status === 200) return;
      const { id } = (await answer.json()) as { id: string };
      if (id !== 'errOptimisticLock') throw new Error(`the edit was refused: ${id}`);
      this.conflicts += 1;
    }
  }

  /** Looks until XSOAR's index shows it. */
  #read(value: string): Promise<Indicator> {
    return until(`an analyst sees ${value}`, async () => {
      const filter = { query: `value:"${value}"`, size: 5 };
      const answer = await this.#post('/indicators/search', filter);
      const { iocObjects } = (await answer.json()) as { iocObjects: Indicator[] | null };
      return iocObjects?.find((one) => one.value === value);
    });
  }

  #post(path: string, body: object): Promise<Response> {
    const { url, key, keyId } = this.#xsoar;
    return fetch(`${url}/xsoar/public/v1${path}`, {
      method: 'POST',
      headers: {
        Authorization: key,
        'x-xdr-auth-id': keyId,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify(body),
    });
  }
}
