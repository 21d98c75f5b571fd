import { mapIndicator } from '@xsoar-intel/pipeline';
import { generateFeed } from '@xsoar-intel/simulator';
import { FEED } from './feed.ts';

/** How to post. */
export interface PostOrder {
  url: string;
  key: string;
  keyId: string;
  count: number;
  concurrency: number;
  /** Of the feed; another one has other values. */
  seed: number;
}

/** The bodies that our own client sends, made beforehand: not part of any figure. */
export function bodiesOf(count: number, seed: number): string[] {
  const bodies: string[] = [];
  for (const operation of generateFeed({ ...FEED, events: count, seed })) {
    if (operation.kind !== 'create') continue;
    const mapped = mapIndicator(operation.object, { source: 'OpenCTI', authorName: () => 'CERT' });
    for (const indicator of mapped.ok ? mapped.indicators : []) {
      bodies.push(JSON.stringify({ indicator, manually: false, seenNow: false }));
    }
  }
  return bodies.slice(0, count);
}

/** All of a create but its body. */
export function postRequest({ key, keyId }: Pick<PostOrder, 'key' | 'keyId'>) {
  return {
    path: '/xsoar/public/v1/indicator/create',
    method: 'POST',
    headers: {
      authorization: key,
      'x-xdr-auth-id': keyId,
      accept: 'application/json',
      'content-type': 'application/json',
    },
  } as const;
}
