/** What a server works on at a time; who finds no place waits in the order of coming. */
export interface Places {
  /** Undefined when there is a place; else a promise of one. */
  take(): Promise<void> | undefined;
  leave(): void;
}

export function createPlaces(count: number): Places {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return {
    take() {
      if (taken < count) {
        taken += 1;
        return undefined;
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    leave() {
      const next = waiting.shift();
      if (next) next();
      else taken -= 1;
    },
  };
}
