import { randomBytes } from 'node:crypto';
import { createIndicatorWriter, type XsoarClient, XsoarError } from '@xsoar-intel/xsoar';
import { visible } from '../../../terminal/visible.ts';
import { type Finding, failed, ok, skipped, warning } from './finding.ts';

const WHAT = 'write';
const TYPE = 'Domain';
const RIGHTS =
  'Give the role of the key the right to edit indicators (Threat Intel, read and write).';

/** What is said where nobody asked for it. */
export const writeNotTried: Finding = skipped(
  WHAT,
  'not tried; "doctor --write" creates an indicator and deletes it again',
);

/**
 * Creates an indicator that nobody else can have (`.invalid`, RFC 2606) and deletes it again: the
 * one way to learn whether the key may write.
 */
export async function examineWrites(client: XsoarClient): Promise<Finding> {
  const value = `xsoar-intel-doctor-${randomBytes(6).toString('hex')}.invalid`;
  const writer = createIndicatorWriter(client);
  let id: string | null;
  try {
    const desired = {
      value,
      indicator_type: TYPE,
      score: 0,
      comment: 'Made by xsoar-intel doctor to see whether its key may write. It may be deleted.',
      CustomFields: {},
    };
    ({ id } = await writer.upsert(desired, {}));
  } catch (error) {
    return failed(WHAT, 'an indicator could not be created', {
      why: wordsOf(error),
      fix: fixOf(error),
    });
  }
  const left = `${TYPE} ${value} is left in XSOAR: delete it by hand.`;
  try {
    const { outcome } = await writer.remove(
      { value, type: TYPE, ...(id === null ? {} : { id }) },
      'xsoar-intel doctor: test of the key',
    );
    if (outcome === 'deleted') return ok(WHAT, `created and deleted ${TYPE} ${value}`);
    const why = 'XSOAR did not find it again: its index is slow, or it excludes the value.';
    return warning(WHAT, `created ${TYPE} ${value}`, { why, fix: left });
  } catch (error) {
    const why = `The key may create, but not delete: ${wordsOf(error)}`;
    const fix = `${fixOf(error)} ${left}`;
    return failed(WHAT, 'an indicator could not be deleted', { why, fix });
  }
}

/** Only a refusal of the key is a matter of rights. */
function fixOf(error: unknown): string {
  const refused = error instanceof XsoarError && (error.status === 401 || error.status === 403);
  return refused ? RIGHTS : 'The key was not refused: put right what XSOAR says, and look again.';
}

function wordsOf(error: unknown): string {
  if (!(error instanceof XsoarError)) throw error;
  return visible(error.message);
}
