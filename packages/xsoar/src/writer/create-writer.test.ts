import { expect, it } from 'vitest';
import { connect, ioc, json, startServer } from '../testing/local-server.ts';
import { createIndicatorWriter } from './create-writer.ts';

interface Body {
  query?: string;
  ids?: string[];
  indicator?: { value: string };
}

/** A tenant over HTTP that knows indicators h0 to h49 and has answered what it was asked. */
function startTenant() {
  return startServer((request, response) => {
    const { query = '', ids = [], indicator } = request.body as Body;
    if (request.path.endsWith('/search')) {
      const values = [...query.matchAll(/value:"([^"]*)"/g)].map(([, value]) => value ?? '');
      const known = values.filter((value) => /^h[0-4]?[0-9]$/.test(value));
      const iocObjects = known.map((value) => ioc({ id: `id-${value}`, value }));
      json(response, 200, {
        iocObjects: iocObjects.length > 0 ? iocObjects : null,
        total: known.length,
      });
    } else if (request.path.endsWith('/batchDelete')) {
      json(response, 200, { notUpdated: 0, updatedIds: ids, uppdated: ids.length });
    } else if (request.path.endsWith('/create')) {
      json(response, 200, ioc({ ...indicator, id: `id-${indicator?.value}` }));
    } else {
      json(response, 200, { ...(request.body as object), version: 2 });
    }
  });
}

it('joins a hundred look-ups over HTTP into one search, then creates or edits each', async () => {
  const server = await startTenant();
  const writer = createIndicatorWriter(connect(server.origin, { connections: 20 }));
  const results = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      writer.upsert(
        { value: `h${index}`, indicator_type: 'Domain', score: 2, CustomFields: { tags: [] } },
        {},
      ),
    ),
  );
  expect(results.filter(({ outcome }) => outcome === 'edited')).toHaveLength(50);
  expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(50);
  const paths = server.seen.map(({ path }) => path.split('/').at(-1));
  expect(paths.filter((path) => path === 'search')).toHaveLength(1);
  expect(paths).toHaveLength(101);
});

it('joins fifty deletes over HTTP into one call', async () => {
  const server = await startTenant();
  const writer = createIndicatorWriter(connect(server.origin));
  await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      writer.remove({ value: `h${index}`, type: 'Domain', id: `id-h${index}` }, 'gone'),
    ),
  );
  expect(server.seen).toHaveLength(1);
  const [request] = server.seen;
  expect(request?.body).toMatchObject({
    ids: expect.toSatisfy((ids: string[]) => ids.length === 50),
  });
});
