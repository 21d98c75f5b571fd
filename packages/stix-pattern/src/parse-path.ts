import type { ObjectPath, PathStep } from './ast.ts';
import type { Scanner } from './scanner.ts';

const colon = ['":"'];

/**
 * `type:step.step[0].'quoted step'`.
 *
 * Properties with a hyphen are read without quotes too, as STIX 2.0 allowed them
 * (`extensions.windows-pebinary-ext`); the printer puts the quotes there.
 */
export function parsePath(scanner: Scanner): ObjectPath {
  if (!scanner.is('identifier')) scanner.fail(['an object type']);
  const offset = scanner.start;
  const objectType = scanner.word;
  scanner.next();
  scanner.expect(':', colon);
  const steps: PathStep[] = [parseProperty(scanner)];
  for (;;) {
    if (scanner.is('.')) {
      scanner.next();
      steps.push(parseProperty(scanner));
    } else if (scanner.is('[')) {
      scanner.next();
      steps.push(parseIndex(scanner));
    } else {
      return { objectType, steps, offset };
    }
  }
}

function parseProperty(scanner: Scanner): PathStep {
  let name: string;
  if (scanner.is('identifier')) name = scanner.word;
  else if (scanner.is('string')) name = scanner.stringValue;
  else return scanner.fail(['a property name']);
  scanner.next();
  return { kind: 'property', name };
}

function parseIndex(scanner: Scanner): PathStep {
  let index: number | '*' = '*';
  if (scanner.is('integer')) {
    // `-0` and `+1` are in the grammar; as positions they are 0 and 1.
    index = Number(scanner.word) || 0;
    if (!Number.isSafeInteger(index)) scanner.fail(['a list index of 53 bits']);
  } else if (!scanner.is('*')) {
    return scanner.fail(['a list index', '"*"']);
  }
  scanner.next();
  scanner.expect(']', ['"]"']);
  return { kind: 'index', index };
}
