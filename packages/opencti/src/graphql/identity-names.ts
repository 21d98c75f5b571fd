import { isJsonObject } from '../stix.ts';
import { identityName, identityNames } from './documents.ts';
import { OpenctiError, type OpenctiErrorKind } from './opencti-error.ts';
import type { GraphqlPost } from './post.ts';

/** Requests under way at a time: a lookup must not crowd out the deliveries of a platform. */
const parallel = 4;

/** Problems of one object, beside which the other one of the request may well have its name. */
const ofOneObject = new Set<OpenctiErrorKind>(['not-found', 'refused']);

/**
 * Asks for the names of identities, two a request: more aliases of one field are refused by the
 * platform, and its filters, which would take a list of ids, changed their form between versions.
 *
 * @throws OpenctiError when a request fails as a whole.
 */
export async function fetchIdentityNames(
  post: GraphqlPost,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const pairs: [string, string?][] = [];
  const distinct = [...new Set(ids)];
  for (let i = 0; i < distinct.length; i += 2) {
    const [a, b] = distinct.slice(i, i + 2);
    if (a !== undefined) pairs.push(b === undefined ? [a] : [a, b]);
  }

  const ask = async ([a, b]: [string, string?]) => {
    const call = {
      operation: 'identityNames',
      query: b === undefined ? identityName : identityNames,
      variables: b === undefined ? { a } : { a, b },
    };
    const { data, problem } = await post.outcome(call, signal);
    if (problem !== null && (data === null || !ofOneObject.has(problem.kind))) {
      throw new OpenctiError(call.operation, problem);
    }
    for (const [id, found] of [[a, data?.a] as const, [b, data?.b] as const]) {
      if (id !== undefined && isJsonObject(found) && typeof found.name === 'string') {
        names.set(id, found.name);
      }
    }
  };

  const worker = async () => {
    for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) await ask(pair);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return names;
}
