import { bad, type Reading } from './reading.ts';
import { refang } from './refang.ts';

/**
 * `email-addr:value`: Email. Refanged; the domain in lower case, the part before the `@` as it is
 * (only its own host may say what case means there).
 */
export function readEmail(original: string): Reading {
  const text = refang(original);
  const at = text.lastIndexOf('@');
  if (at < 1 || at === text.length - 1) return bad('not an e-mail address');
  if (text.length > 320) return bad('longer than 320 characters');
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    // Blanks and angle brackets: a display name or a list, not an address.
    if (code === 0x20 || code === 0x3c || code === 0x3e || code === 0x2c) {
      return bad('not an e-mail address');
    }
  }
  return { type: 'Email', value: text.slice(0, at) + text.slice(at).toLowerCase() };
}
