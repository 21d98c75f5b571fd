import { textLimits } from '../bounded-text.ts';

/** The value of an observable as XSOAR takes it. */
export interface GoodReading {
  /** Name of the XSOAR indicator type. */
  type: string;
  value: string;
  /** Custom fields that follow from the value itself. */
  fields?: Readonly<Record<string, unknown>>;
  /** The value is of another kind than the pattern claims. */
  retyped?: boolean;
}

/** A value, or why it is none of its type. */
export type Reading = GoodReading | { bad: string };

/** Turns a text that passed {@link plainValue} into a value of an XSOAR type. */
export type Reader = (text: string) => Reading;

/** A value that is refused, with the reason. */
export function bad(reason: string): { bad: string } {
  return { bad: reason };
}

/**
 * What must hold for every value whatever its type: a text, not empty, not too long, without control
 * characters and without lone surrogates (XSOAR would store another value than was sent, and it
 * could never be found again). Returns the trimmed text, or why it is refused.
 */
export function plainValue(value: unknown): string | { bad: string } {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return bad('not a text');
  const text = value.trim();
  if (text === '') return bad('empty');
  if (text.length > textLimits.value) return bad(`longer than ${textLimits.value} characters`);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return bad('contains a control character');
    if (code >= 0xd800 && code <= 0xdfff && !text.isWellFormed()) {
      return bad('contains half a surrogate pair');
    }
  }
  return text;
}

/** A reader that takes any text as it is. */
export function asText(type: string, max = 2_048): Reader {
  return (text) =>
    text.length > max ? bad(`longer than ${max} characters`) : { type, value: text };
}

/** Whether every character is a decimal digit. */
export function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return false;
  }
  return text !== '';
}
