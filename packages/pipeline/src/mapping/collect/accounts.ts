import type { ObservedValue } from '@xsoar-intel/stix-pattern';
import { plainValue } from '../values/reading.ts';
import { addDraft, type Collection, leaveOut, noteChange } from './collection.ts';

// `acount_login` is how OpenCTI once misspelt it; such patterns are still about.
const loginPaths: ReadonlySet<string> = new Set(['account_login', 'acount_login']);

/** Details of an account that XSOAR's Account type has a field for, by their path. */
export const ACCOUNT_DETAILS: readonly { path: string; field: string }[] = [
  { path: 'user_id', field: 'userid' },
  { path: 'display_name', field: 'displayname' },
  { path: 'account_type', field: 'accounttype' },
];

const details = new Map(ACCOUNT_DETAILS.map(({ path, field }) => [path, field]));

interface Entry {
  observed: ObservedValue;
  text: string;
}

/**
 * Takes what one observation says about accounts. The value is the login, as in the Python
 * connector; without one the user id, as in Palo Alto's own STIX parser.
 */
export function collectAccounts(values: readonly ObservedValue[], into: Collection): void {
  const logins: Entry[] = [];
  const userIds: Entry[] = [];
  const rest: ObservedValue[] = [];
  for (const observed of values) {
    const isLogin = loginPaths.has(observed.path);
    if (observed.relation === 'subset' || (!isLogin && observed.path !== 'user_id')) {
      rest.push(observed);
      continue;
    }
    const text = plainValue(observed.value);
    if (typeof text !== 'string') leaveOut(into, 'bad-value', observed, text.bad);
    else (isLogin ? logins : userIds).push({ observed, text });
  }
  const paired = logins.length === 1 && userIds.length === 1;
  const accounts = paired ? logins : [...logins, ...userIds];
  const beside = paired ? [...userIds.map(({ observed }) => observed), ...rest] : rest;
  const fields = detailsOf(beside, accounts.length, into);
  for (const { observed, text } of accounts) {
    addDraft(into, { type: 'Account', value: text, fields, offset: observed.offset });
    if (text !== String(observed.value)) {
      noteChange(into, observed, text, 'normalised', 'cleaned for type Account');
    }
  }
}

function detailsOf(
  values: readonly ObservedValue[],
  accounts: number,
  into: Collection,
): Record<string, unknown> | null {
  const fields: Record<string, unknown> = {};
  for (const observed of values) {
    const field = accounts === 1 ? details.get(observed.path) : undefined;
    const text = plainValue(observed.value);
    const usable = observed.relation === 'equals' && typeof text === 'string';
    if (field !== undefined && usable && fields[field] === undefined) fields[field] = text;
    else {
      const reason = accounts === 0 ? 'unsupported-observable' : 'no-field';
      leaveOut(into, reason, observed, 'there is no single account with a field for it');
    }
  }
  return Object.keys(fields).length > 0 ? fields : null;
}
