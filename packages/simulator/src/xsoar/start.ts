import { dumped } from '../dump.ts';
import { createRandom } from '../generate/random.ts';
import { isRecord, readBody } from '../http/body.ts';
import { deliver, preventsCommit, replyOfFault } from '../http/deliver.ts';
import { createFaultBook, type Fault } from '../http/faults.ts';
import { emptyReply, htmlReply, type Reply } from '../http/reply.ts';
import { listen } from '../http/server.ts';
import { machineMs } from '../machine-clock.ts';
import { createAuthenticate } from './auth.ts';
import { type Behaviour, builtInFields, builtInTypes, defaultBehaviour } from './behaviour.ts';
import { serveControl } from './control.ts';
import type { FakeXsoar, FakeXsoarOptions } from './fake.ts';
import { tagsOf } from './ioc.ts';
import { createJournal } from './journal.ts';
import { drawLatency, type Latency, sleep } from './latency.ts';
import { operate } from './operations.ts';
import {
  createPathResolver,
  gatewayError,
  serverError,
  type UrlShape,
  unpublished,
  type XsoarOperation,
} from './paths.ts';
import { createPlaces } from './places.ts';
import { createStatsBook } from './stats.ts';
import { createStore, type Store } from './store.ts';

/** The usual body of a status, in the envelope of the server that would send it. */
function errorBody(status: number, shape: UrlShape): Reply {
  const gateway = shape !== '6' && [401, 402, 403].includes(status);
  if (gateway)
    return gatewayError(
      status,
      status === 402 ? 'License is inactive' : 'Public API request unauthorized',
    );
  if (status === 413 || status === 502 || status === 503 || status === 504)
    return htmlReply(status, `${status} from a proxy`);
  return serverError(
    status,
    'simulated',
    'Simulated',
    'A fault of the simulator',
    `status ${status}`,
  );
}

function parseBody(text: string): Record<string, unknown> | null {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** The values that a write is about; deletes and edits name ids. */
function valuesOf(
  operation: XsoarOperation,
  body: Record<string, unknown>,
  store: Store,
): string[] {
  const valueOfId = (id: unknown): string[] => {
    const ioc = typeof id === 'string' ? store.get(id) : undefined;
    return ioc ? [ioc.value] : [];
  };
  switch (operation) {
    case 'create':
      return isRecord(body.indicator) && typeof body.indicator.value === 'string'
        ? [body.indicator.value]
        : [];
    case 'edit':
      return valueOfId(body.id);
    case 'delete':
      return Array.isArray(body.ids) ? [...new Set(body.ids.flatMap(valueOfId))] : [];
    default:
      return [];
  }
}

/**
 * Starts a fake Cortex XSOAR: the indicator API and the control routes under `/sim`.
 * Rejects when the port is taken. Every route is described in the package's README.
 */
export async function startFakeXsoar(options: FakeXsoarOptions = {}): Promise<FakeXsoar> {
  const now = options.now ?? Date.now;
  const resolvePath = createPathResolver(options.product ?? '8');
  const keys = options.keys ?? [{ key: 'xsoar-key', id: '17' }];
  const behaviour: Behaviour = { ...defaultBehaviour, ...options.behaviour };
  let latency: Latency = options.latency ?? {};
  const random = createRandom(options.seed ?? 1);
  const faults = createFaultBook(random);
  const places = createPlaces(options.places ?? Number.POSITIVE_INFINITY);
  const book = createStatsBook(now);
  const journal = createJournal(options.journal ?? 0);
  const types = new Set(options.types ?? builtInTypes);
  const fields = options.fields ?? builtInFields;
  const authenticate = createAuthenticate({ keys, now, maxSkewMs: options.maxSkewMs ?? 300_000 });
  const main = createStore({ behaviour, now, account: '' });
  const stores = new Map<string, Store>([['', main]]);
  for (const tenant of options.tenants ?? [])
    stores.set(tenant, createStore({ behaviour, now, account: tenant }));
  const storeOf = (tenant = ''): Store => stores.get(tenant) ?? main;

  const { onRequest } = options;
  const server = await listen(options, async (request, response) => {
    const arrivedMs = onRequest === undefined ? 0 : machineMs();
    // Parsing every URL would cost a tenth of the whole request.
    const target = request.url ?? '/';
    const plain = /^\/(?!sim\/)[\w/]*$/.test(target);
    const url = plain ? null : new URL(target, 'http://simulator');
    if (url?.pathname.startsWith('/sim/')) return serveControl(fake, url, request, response);
    const resolved = resolvePath(request.method ?? 'GET', url?.pathname ?? target);
    const text = await readBody(request);
    if ('elsewhere' in resolved) {
      await deliver(response, resolved.elsewhere, null);
      book.enter('elsewhere', []).done(resolved.elsewhere.status);
      return;
    }
    const { operation, shape, tenant } = resolved;
    const body = parseBody(text);
    const store = storeOf(tenant);
    const values = body ? valuesOf(operation, body, store) : [];
    const visit = book.enter(operation, values);
    let status = 0;
    const seat = places.take();
    if (seat) await seat;
    try {
      const fault: Fault | null = faults.choose(operation, text);
      const { beforeMs, afterMs } = drawLatency(latency, operation, random);
      if (beforeMs > 0) await sleep(beforeMs);
      const commits = !fault || !preventsCommit(fault);
      let reply = commits
        ? carryOut(operation, shape, tenant, body, request.headers)
        : emptyReply(500);
      if (journal && body)
        journal.note({
          atMs: now(),
          operation,
          status: reply.status,
          committed: commits,
          values,
          body,
        });
      if (fault) reply = replyOfFault(fault, (code) => errorBody(code, shape), now()) ?? reply;
      if (afterMs > 0) await sleep(afterMs);
      const lost = fault?.kind === 'hang' || fault?.kind === 'reset' || fault?.kind === 'cut-body';
      status = lost || response.destroyed ? 0 : reply.status;
      const under = deliver(response, reply, fault);
      if (under) await under;
    } finally {
      places.leave();
      visit.done(status);
      onRequest?.({ operation, status, values, arrivedMs, answeredMs: machineMs() });
    }
  });

  const carryOut = (
    operation: XsoarOperation,
    shape: UrlShape,
    tenant: string,
    body: Record<string, unknown> | null,
    headers: Parameters<typeof authenticate>[0],
  ): Reply => {
    if (operation === 'edit' && shape === 'public' && !behaviour.publicEdits) return unpublished;
    const refused = authenticate(headers, shape, operation);
    if (refused) return refused;
    if (!body)
      return serverError(
        400,
        'bad_request',
        'Bad request',
        'Request body must be JSON',
        'invalid character',
      );
    if (!stores.has(tenant))
      return serverError(404, 'not_found', 'Not found', 'No such account', `account ${tenant}`);
    return operate(operation, body, { store: storeOf(tenant), behaviour, types, fields });
  };

  const fake: FakeXsoar = {
    url: server.url,
    port: server.port,
    key: keys[0]?.key ?? '',
    keyId: keys[0]?.id ?? '',
    objects: (tenant) => storeOf(tenant).all(),
    get: (value, tenant) => storeOf(tenant).byValue(value),
    *dump(tenant) {
      for (const ioc of storeOf(tenant).all()) yield dumped(ioc);
    },
    analystEdit(edit, tenant) {
      const store = storeOf(tenant);
      const stored = edit.id === undefined ? store.byValue(edit.value ?? '') : store.get(edit.id);
      if (!stored) return undefined;
      const removed = new Set(edit.removeTags ?? []);
      const tags = [...tagsOf(stored), ...(edit.addTags ?? [])].filter((tag) => !removed.has(tag));
      const result = store.edit({
        ...stored,
        version: -1,
        ...(edit.score === undefined ? {} : { score: edit.score }),
        ...(edit.comment === undefined ? {} : { comment: edit.comment }),
        CustomFields: { ...stored.CustomFields, ...edit.CustomFields, tags: [...new Set(tags)] },
      });
      return result.kind === 'stored' ? result.ioc : undefined;
    },
    exclude: (value, reason = '') => void main.exclude(value, reason),
    include: (value) => void main.include(value),
    behaviour: (change) => void Object.assign(behaviour, change),
    latency(next) {
      latency = next;
    },
    faults,
    journal: (filter) => journal.read(filter),
    stats: () => ({
      ...book.read(),
      faultsStruck: faults.struck,
      objects: main.size,
      exclusions: main.exclusions().length,
    }),
    reset() {
      for (const store of stores.values()) store.clear();
      faults.clear();
      journal.clear();
      book.reset();
    },
    close: () => server.close(),
  };
  return fake;
}
