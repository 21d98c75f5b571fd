import { X509Certificate } from 'node:crypto';
import { type ConfigProblem, problemOf } from '../problem.ts';
import type { Values } from '../variables/table.ts';
import type { ReadFile } from './texts.ts';

/** The certificates to trust besides the public ones, in PEM. */
export interface CaTexts {
  readonly opencti: string | null;
  readonly xsoar: string | null;
  readonly redis: string | null;
  readonly problems: readonly ConfigProblem[];
}

const BEGIN = '-----BEGIN CERTIFICATE-----';

/** Reads the CA files that are named, and looks whether they are certificates at all. */
export function readCertificates(values: Values, readFile: ReadFile): CaTexts {
  const problems: ConfigProblem[] = [];

  function read(variable: string, path: string): string | null {
    try {
      return checked(variable, readFile(path), path);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      problems.push(
        problemOf(variable, `expected a file that this process may read (${code})`, {
          value: path,
        }),
      );
      return null;
    }
  }

  function checked(variable: string, pem: string, value: string | null): string | null {
    try {
      if (!pem.includes(BEGIN)) throw new Error('no certificate');
      new X509Certificate(pem);
      return pem;
    } catch {
      problems.push(problemOf(variable, `expected certificates in PEM ("${BEGIN}")`, { value }));
      return null;
    }
  }

  const all = values.HTTPS_CA_CERTIFICATES;
  const shared = (): string | null => {
    if (all === null) return null;
    return all.kind === 'pem'
      ? checked('HTTPS_CA_CERTIFICATES', all.pem, null)
      : read('HTTPS_CA_CERTIFICATES', all.path);
  };
  const of = (variable: 'OPENCTI' | 'XSOAR' | 'REDIS', otherwise: string | null): string | null => {
    const file = values[`${variable}_CA_FILE`];
    const { caFile } = values[`${variable}_SSL_VERIFY`];
    if (file !== null) return read(`${variable}_CA_FILE`, file);
    return caFile === null ? otherwise : read(`${variable}_SSL_VERIFY`, caFile);
  };
  const both = shared();
  return {
    opencti: of('OPENCTI', both),
    xsoar: of('XSOAR', both),
    redis: of('REDIS', null),
    problems,
  };
}
