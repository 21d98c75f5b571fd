import { inspect } from 'node:util';

/** What stands in place of a secret wherever one is printed. */
export const MASK = '***';

/**
 * A value that prints as `***` whichever way it is printed: template, JSON, `util.inspect`,
 * `console.log`, pino. The value is only had by asking for it.
 *
 * It lives in a private field, which neither `Object.keys` nor `structuredClone` nor a debugger's
 * object dump in a log can reach.
 */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Ask for it where it is sent, not earlier, and never keep the answer. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
