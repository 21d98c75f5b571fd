import { isRecord } from '../http/body.ts';
import { emptyReply, jsonReply, type Reply } from '../http/reply.ts';
import type { Behaviour } from './behaviour.ts';
import { type Ioc, tagsOf } from './ioc.ts';
import { pageOf } from './page.ts';
import { serverError, type XsoarOperation } from './paths.ts';
import { countTerms, parseQuery, QueryError } from './query.ts';
import type { Store, WriteResult } from './store.ts';

/** What operations work on. */
export interface OperationContext {
  store: Store;
  behaviour: Behaviour;
  types: ReadonlySet<string>;
  fields: readonly string[];
}

const badRequest = (error: string): Reply =>
  serverError(400, 'bad_request', 'Bad request', 'The request could not be carried out', error);

function answer(result: WriteResult, context: OperationContext, id: string): Reply {
  switch (result.kind) {
    case 'stored':
      return jsonReply(200, result.ioc);
    case 'excluded':
      return jsonReply(200, null);
    case 'duplicate':
      return context.behaviour.compat || context.behaviour.duplicates === 'conflict'
        ? serverError(
            409,
            'conflict',
            'Conflict',
            'The indicator exists',
            `id ${result.ioc.id} exists`,
          )
        : badRequest(`Indicator already exists, id: ${result.ioc.id}`);
    case 'missing':
      return context.behaviour.compat || context.behaviour.missingItem === 'not-found'
        ? serverError(404, 'not_found', 'Not found', 'No such indicator', 'Item not found (8)')
        : badRequest('Item not found (8)');
    case 'stale':
      return serverError(
        400,
        'errOptimisticLock',
        'Optimistic lock error',
        'Optimistic lock error',
        `DB Version '${result.stored}' and Insert version '${result.given}' do not match for id: ${id} on bucket [] [insights] (15)`,
      );
  }
}

function refusedType(context: OperationContext, given: Record<string, unknown>): Reply | null {
  if (context.behaviour.unknownType === 'accept') return null;
  const type = given.indicator_type;
  if (typeof type === 'string' && context.types.has(type)) return null;
  return badRequest(`unknown indicator type ${String(type)}`);
}

function create(context: OperationContext, body: Record<string, unknown>): Reply {
  const { indicator } = body;
  if (!isRecord(indicator)) return badRequest('indicator is missing');
  if (typeof indicator.value !== 'string' || indicator.value === '')
    return badRequest('json: cannot unmarshal into Go struct field IocObject.value of type string');
  const known = withKnownFields(context, indicator);
  if (known === null) return badRequest('unknown custom field');
  return refusedType(context, indicator) ?? answer(context.store.create(known), context, '');
}

/** What is left of a client's object where fields are unknown; null where that is refused. */
function withKnownFields(
  { behaviour, fields }: OperationContext,
  given: Record<string, unknown>,
): Record<string, unknown> | null {
  if (behaviour.unknownFields === 'store' || !isRecord(given.CustomFields)) return given;
  const entries = Object.entries(given.CustomFields);
  const known = entries.filter(([name]) => fields.includes(name));
  if (known.length < entries.length && behaviour.unknownFields === 'bad-request') return null;
  return { ...given, CustomFields: Object.fromEntries(known) };
}

/** See `analyst` in behaviour.ts. */
function letAnalystBefore({ store, behaviour }: OperationContext, id: string): void {
  const stored = behaviour.analyst ? store.get(id) : undefined;
  if (stored === undefined || tagsOf(stored).includes('analyst')) return;
  const tags = [...tagsOf(stored), 'analyst'];
  store.edit({ ...stored, version: -1, CustomFields: { ...stored.CustomFields, tags } });
}

function edit(context: OperationContext, body: Record<string, unknown>): Reply {
  if (typeof body.id !== 'string' || body.id === '') return badRequest('Item not found (8)');
  const known = withKnownFields(context, body);
  if (known === null) return badRequest('unknown custom field');
  letAnalystBefore(context, body.id);
  return answer(context.store.edit(known), context, body.id);
}

const maxTerms = 1024;
const maxSize = 1000;

function hits(context: OperationContext, query: string): Ioc[] | Reply {
  try {
    if (countTerms(parseQuery(query)) > maxTerms)
      return badRequest('too_many_clauses: maxClauseCount is set to 1024');
    return context.store.search(query);
  } catch (error) {
    if (error instanceof QueryError) return badRequest(`Failed to parse query: ${error.message}`);
    throw error;
  }
}

function search(context: OperationContext, body: Record<string, unknown>): Reply {
  const query = typeof body.query === 'string' ? body.query : '';
  const found = hits(context, query);
  if (!Array.isArray(found)) return found;
  const size = Math.min(typeof body.size === 'number' ? body.size : 0, maxSize);
  const page = pageOf(found, { ...body, size }, context.behaviour.searchAfter);
  if (page === null) return badRequest('search_after: the point in time has expired');
  return jsonReply(200, {
    iocObjects: page.length > 0 ? page : null,
    total: found.length,
    accountErrors: null,
    totalAccounts: 0,
  });
}

/** A key of a body in any case: Go's decoder does not distinguish. */
function anyCase(body: Record<string, unknown>, name: string): unknown {
  const key = Object.keys(body).find((one) => one.toLowerCase() === name);
  return key === undefined ? undefined : body[key];
}

function batchDelete(context: OperationContext, body: Record<string, unknown>): Reply {
  const { store, behaviour } = context;
  const ids = Array.isArray(body.ids) ? body.ids.filter((id) => typeof id === 'string') : [];
  const filter = isRecord(body.filter) ? body.filter : null;
  const all = body.all === true;
  if (ids.length > 0 && !filter && !all && !behaviour.compat)
    return serverError(
      500,
      'error',
      'Internal server error',
      'The server failed',
      'filter is missing',
    );
  const query = typeof filter?.query === 'string' ? filter.query : '';
  let chosen: string[];
  if (all) {
    const found = hits(context, query);
    if (!Array.isArray(found)) return found;
    chosen = found.map((ioc) => ioc.id);
  } else if (behaviour.compat) {
    chosen = ids;
  } else if (query === '') {
    if (ids.length > 0 && behaviour.emptyFilterDelete === 'error')
      return serverError(
        500,
        'error',
        'Internal server error',
        'The server failed',
        'empty filter',
      );
    chosen = behaviour.emptyFilterDelete === 'works' ? ids : [];
  } else {
    const found = hits(context, query);
    if (!Array.isArray(found)) return found;
    const size = typeof filter?.size === 'number' && filter.size > 0 ? filter.size : found.length;
    const wanted = new Set(found.slice(0, size).map((ioc) => ioc.id));
    chosen = ids.filter((id) => wanted.has(id));
  }
  const keep = anyCase(body, 'donotwhitelist') === true;
  const reason = typeof body.reason === 'string' ? body.reason : '';
  const updated: string[] = [];
  for (const id of chosen) {
    const ioc = store.get(id);
    if (!ioc || !store.delete(id)) continue;
    if (!keep) store.exclude(ioc.value, reason);
    updated.push(id);
  }
  return jsonReply(200, {
    notUpdated: Math.max(0, ids.length - updated.length),
    updatedIds: updated.length > 0 ? updated : null,
    uppdated: updated.length,
  });
}

function whitelist(context: OperationContext, body: Record<string, unknown>): Reply {
  const value = typeof body.value === 'string' ? body.value : '';
  const ioc = context.store.byValue(value);
  if (ioc) context.store.delete(ioc.id);
  if (anyCase(body, 'donotwhitelist') !== true)
    context.store.exclude(value, typeof body.reason === 'string' ? body.reason : '');
  return jsonReply(200, {
    notUpdated: ioc ? 0 : 1,
    updatedIds: ioc ? [ioc.id] : null,
    uppdated: ioc ? 1 : 0,
  });
}

function feed(context: OperationContext, body: Record<string, unknown>): Reply {
  const list = Array.isArray(body.indicators) ? body.indicators : [];
  for (const item of list) {
    if (!isRecord(item) || typeof item.value !== 'string') continue;
    const brands = [typeof item.sourceBrand === 'string' ? item.sourceBrand : 'External'];
    const given = { ...item, indicator_type: item.type, sourceBrands: brands };
    const known = context.store.byValue(item.value);
    if (known) context.store.edit({ ...given, id: known.id, version: -1 });
    else context.store.create(given);
  }
  return emptyReply(201);
}

/** Carries out one operation; `body` is the parsed JSON, an empty object for GET. */
export function operate(
  operation: XsoarOperation,
  body: Record<string, unknown>,
  context: OperationContext,
): Reply {
  const { store } = context;
  switch (operation) {
    case 'create':
      return create(context, body);
    case 'edit':
      return edit(context, body);
    case 'delete':
      return batchDelete(context, body);
    case 'search':
      return search(context, body);
    case 'whitelist':
      return whitelist(context, body);
    case 'feed':
      return feed(context, body);
    case 'about':
      return jsonReply(200, { demistoVersion: '8.9.0', productMode: 'xsoar' });
    case 'types':
      return jsonReply(
        200,
        [...context.types].map((details) => ({ id: details, details, disabled: false })),
      );
    case 'fields':
      return jsonReply(
        200,
        context.fields.map((name) => ({ id: `indicator_${name}`, cliName: name, group: 2 })),
      );
    case 'exclusions':
      return jsonReply(200, store.exclusions());
    case 'exclude':
      return jsonReply(200, store.exclude(String(body.value), String(body.reason ?? '')));
    case 'include':
      store.include(String(body.value));
      return jsonReply(200, {});
    case 'health':
      return jsonReply(200, { status: 'available' });
  }
}
