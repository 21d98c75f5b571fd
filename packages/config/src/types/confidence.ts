import { integer } from './basic.ts';
import { bad, good, type ValueType } from './value-type.ts';

/**
 * A confidence in percent. The Python connector's page asks for 1 to 4 in its table and shows 80 in
 * its example. 1 to 4 are therefore read on OpenCTI's old scale (low, moderate, good, strong),
 * whose percentages OpenCTI itself used.
 */
const OLD_SCALE = [0, 15, 50, 75, 85] as const;

/** 0 to 100, or 1 to 4 on the old scale. */
export const confidence: ValueType<number> = {
  label: '0 to 100, or 1 to 4',
  // The Python connector does not look at it any more, so an empty one was fine.
  empty: 'default',
  read(text) {
    const read = integer(0, 100).read(text);
    if (!read.ok) return bad('a confidence from 0 to 100, or 1 to 4 on the old scale');
    return good(OLD_SCALE[read.value] ?? read.value);
  },
};
