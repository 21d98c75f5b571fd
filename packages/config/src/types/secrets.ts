import { Secret } from '../secret.ts';
import { bad, good, hasControls, type ValueType } from './value-type.ts';

/** A token, key or password. It goes into a header, so it is one line. */
export const secret: ValueType<Secret> = {
  label: 'secret',
  empty: 'default',
  read(text) {
    if (hasControls(text)) return bad('one line without control characters');
    if (text !== text.trim()) return bad('no space before or after it');
    const [first] = text;
    if ((first === '"' || first === "'") && text.length > 1 && text.endsWith(first)) {
      return bad('no quotes around it (env files keep them as part of the value)');
    }
    return text.length <= 8_192 ? good(new Secret(text)) : bad('at most 8192 characters');
  },
};

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** Names that HTTP gives a meaning that we must not lend to others. */
const OURS = new Set([
  'authorization',
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
]);

/** pycti's `name:value;name:value`. Values may be credentials of a proxy, so they are secret. */
export const headers: ValueType<Secret<Readonly<Record<string, string>>>> = {
  label: '`name:value;name:value`',
  empty: 'default',
  read(text) {
    const result: Record<string, string> = Object.create(null);
    for (const part of text.split(';')) {
      if (part.trim() === '') continue;
      const colon = part.indexOf(':');
      const name = part.slice(0, Math.max(colon, 0)).trim();
      const value = part.slice(colon + 1).trim();
      if (!HEADER_NAME.test(name) || hasControls(value)) {
        return bad('headers as name:value, separated by semicolons');
      }
      if (OURS.has(name.toLowerCase())) return bad(`no header named ${name}: it is set already`);
      result[name] = value;
    }
    return good(new Secret(result));
  },
};

/** Headers as OpenTelemetry writes them: `name=value,name=value`, values percent-encoded. */
export const otlpHeaders: ValueType<Secret<Readonly<Record<string, string>>>> = {
  label: '`name=value,name=value`',
  empty: 'default',
  read(text) {
    const result: Record<string, string> = Object.create(null);
    for (const part of text.split(',')) {
      if (part.trim() === '') continue;
      const equals = part.indexOf('=');
      const name = part.slice(0, Math.max(equals, 0)).trim();
      const value = decoded(part.slice(equals + 1).trim());
      if (!HEADER_NAME.test(name) || value === null || hasControls(value)) {
        return bad('headers as name=value, separated by commas, with %20 for a space in a value');
      }
      result[name] = value;
    }
    return good(new Secret(result));
  },
};

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
