import { booleanOf } from './basic.ts';
import { bad, good, hasControls, type ValueType } from './value-type.ts';

/** Whether certificates are checked, and against which file besides the public ones. */
export interface Trust {
  readonly verify: boolean;
  readonly caFile: string | null;
}

/** A boolean, or as pycti and requests take it, the path of a CA file. */
export const trust: ValueType<Trust> = {
  label: 'boolean, or path of a CA file',
  empty: 'default',
  read(text) {
    const verify = booleanOf(text);
    if (verify !== null) return good({ verify, caFile: null });
    return /[/.]/.test(text) && !hasControls(text)
      ? good({ verify: true, caFile: text })
      : bad('true or false, or the path of a file with CA certificates');
  },
};

/** Certificates in PEM, or the path of a file that has them. */
export type Certificates =
  | { readonly kind: 'pem'; readonly pem: string }
  | { readonly kind: 'file'; readonly path: string };

/** pycti's `HTTPS_CA_CERTIFICATES`. */
export const certificates: ValueType<Certificates> = {
  label: 'PEM text or path',
  empty: 'default',
  read(text) {
    if (text.includes('-----BEGIN')) return good({ kind: 'pem', pem: text });
    return hasControls(text)
      ? bad('certificates in PEM, or the path of a file with them')
      : good({ kind: 'file', path: text });
  },
};
