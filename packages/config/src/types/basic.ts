import { bad, good, hasControls, type ValueType } from './value-type.ts';

const TRUE = new Set(['true', 'yes', 'on', '1']);
const FALSE = new Set(['false', 'no', 'off', '0']);

/** The word as a boolean, or null if it is none. Any case. */
export function booleanOf(text: string): boolean | null {
  const word = text.toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : null;
}

/**
 * Every spelling that pycti takes, and those that people expect it to take: there `TRUE`, `1` and
 * `on` silently stay texts.
 */
export const boolean: ValueType<boolean> = {
  label: 'boolean',
  empty: 'default',
  read(text) {
    const value = booleanOf(text);
    return value === null ? bad('true or false (also yes/no, on/off, 1/0)') : good(value);
  },
};

/** A whole number within bounds, in decimal digits. */
export function integer(min: number, max: number): ValueType<number> {
  return {
    label: `number, ${min} to ${max}`,
    empty: 'problem',
    read(text) {
      const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max
        ? good(value)
        : bad(`a whole number from ${min} to ${max}`);
    },
  };
}

/** A TCP port; 0 takes any free one. */
export const port: ValueType<number> = {
  label: 'port',
  empty: 'problem',
  read(text) {
    const read = integer(0, 65_535).read(text);
    if (read.ok) return read;
    // Kubernetes sets NAME_PORT for every Service of the namespace: one named "metrics" or "board"
    // collides with ours.
    return text.startsWith('tcp://')
      ? bad(
          'a port number; Kubernetes sets this one for a Service of that name: set enableServiceLinks: false in the pod, or rename the Service',
        )
      : bad('a port number from 0 (any free port) to 65535');
  },
};

/** A share from 0 to 1; `80%` is 0.8. */
export const share: ValueType<number> = {
  label: 'share, 0 to 1 or in %',
  empty: 'problem',
  read(text) {
    const percent = text.endsWith('%');
    const digits = percent ? text.slice(0, -1).trimEnd() : text;
    const number = /^\d{1,3}(\.\d{1,6})?$/.test(digits) ? Number(digits) : Number.NaN;
    const value = percent ? number / 100 : number;
    return value > 0 && value <= 1
      ? good(value)
      : bad('a share above 0 and up to 1, such as 0.8 or 80%');
  },
};

/** A number from 0 to 1, both included. */
export const proportion: ValueType<number> = {
  label: 'number, 0 to 1',
  empty: 'default',
  read(text) {
    const value = /^[01](\.\d{1,9})?$|^\.\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value <= 1 ? good(value) : bad('a number from 0 to 1, such as 0.01');
  },
};

/** One of several words, any case; aliases are taken but not advertised. */
export function choice<const T extends string>(
  words: readonly T[],
  aliases: Readonly<Record<string, NoInfer<T>>> = {},
): ValueType<T> {
  const byWord = new Map<string, T>(Object.entries(aliases));
  for (const word of words) byWord.set(word.toLowerCase(), word);
  return {
    label: words.map((word) => `\`${word}\``).join(', '),
    empty: 'default',
    read(text) {
      const value = byWord.get(text.toLowerCase());
      return value === undefined ? bad(`one of ${words.join(', ')}`) : good(value);
    },
  };
}

/** A text of one line. */
export function text(max: number, label = 'text'): ValueType<string> {
  return {
    label,
    empty: 'default',
    read(value) {
      if (hasControls(value)) return bad('a text of one line without control characters');
      return value.length <= max ? good(value) : bad(`at most ${max} characters`);
    },
  };
}

/**
 * A text that becomes part of keys and URL paths. Wider than the UUID that OpenCTI asks for, since
 * older connectors have other ids and changing one loses their state.
 */
export const identifier: ValueType<string> = {
  label: 'id',
  empty: 'default',
  read(value) {
    return /^[A-Za-z0-9._:-]{1,128}$/.test(value)
      ? good(value)
      : bad('an id: letters, digits, ".", "_", ":" and "-", at most 128 characters');
  },
};

/** An address to listen on. */
export const address: ValueType<string> = {
  label: 'IP address or host name',
  empty: 'default',
  read(value) {
    return /^[A-Za-z0-9._:%-]{1,255}$/.test(value)
      ? good(value)
      : bad('an IP address or host name without port, such as 0.0.0.0 or 127.0.0.1');
  },
};

/** A path of a file; a relative one starts in the working directory. */
export const path: ValueType<string> = {
  label: 'path',
  empty: 'default',
  read(value) {
    return hasControls(value) ? bad('the path of a file') : good(value);
  },
};
