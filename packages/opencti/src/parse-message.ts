import { Buffer } from 'node:buffer';
import { type EventId, parseEventId } from './event-id.ts';
import type { EntityEventName, RejectReason, StreamFailure, StreamMessage } from './message.ts';
import { entityIdOf, isIndicator, isJsonObject, type StixObject } from './stix.ts';

/** Bounds on one event. */
export interface MessageLimits {
  /** Longest JSON text of an event in bytes. */
  maxEventBytes: number;
}

/** Longest excerpt or quoted message, in characters. */
const maxExcerpt = 512;
const maxName = 100;
const maxId = 128;
/** STIX needs about ten levels; far deeper text would break recursive code that comes after us. */
const maxDepth = 200;

/**
 * Turns one SSE event into a message. Pure, and never throws: whatever the platform (or something
 * between us and it) sends, the answer is a message that says what to do with it.
 *
 * @param name SSE event name; decides the meaning, since an update that leaves the stream's filter
 *   is a `delete` around JSON of type `update` (OpenCTI `sseMiddleware`).
 * @param idText the event's id, or the last one seen if it has none; empty when there is none.
 * @param text the `data:` of the event; empty when there is none.
 */
export function parseMessage(
  name: string,
  idText: string,
  text: string,
  limits: MessageLimits,
): StreamMessage | StreamFailure {
  const id = parseEventId(idText);
  switch (name) {
    case 'create':
    case 'update':
    case 'delete':
    case 'merge':
      return parseEntity(name, id, idText, text, limits);
    case 'heartbeat':
      if (id !== null) return { kind: 'heartbeat', id };
      return rejected(name, null, 'bad-id', badId(idText), text);
    case 'connected':
      return parseConnected(text);
    case 'no-recover':
      return parseNoRecover(id, text);
    case 'error':
      return { kind: 'stream-failure', message: quotedMessage(text) };
    default:
      return { kind: 'ignored', id, name: own(name, maxName) };
  }
}

function parseEntity(
  name: EntityEventName,
  id: EventId | null,
  idText: string,
  text: string,
  limits: MessageLimits,
): StreamMessage {
  const bytes = Buffer.byteLength(text);
  const reject = (reason: RejectReason, detail: string) =>
    rejected(name, id, reason, detail, text, bytes);

  // Before the id, so that a giant is called what it is whatever else is wrong with it.
  if (bytes > limits.maxEventBytes) {
    return reject('too-large', `the event is larger than ${limits.maxEventBytes} bytes`);
  }
  if (id === null) return reject('bad-id', badId(idText));
  if (text === '') return reject('no-data', 'the event has no data');
  const body = parseJson(text);
  if (body === undefined) return reject('bad-json', 'the data is not valid JSON');
  if (!isJsonObject(body)) return reject('wrong-shape', 'the data is not a JSON object');
  if (body.data === undefined || body.data === null) {
    return reject('no-data', 'the JSON has no "data"');
  }

  const problem = problemOf(body.data, 'the object');
  if (problem !== null) return reject('wrong-shape', problem);
  const sources: StixObject[] = [];
  if (name === 'merge') {
    // One source that cannot be read rejects the whole: half a merge would leave an object in the
    // target that nothing ever removes, and nobody would know.
    const list = sourcesOf(body.context);
    if (list === null) return reject('wrong-shape', '"context.sources" of a merge is not a list');
    for (const source of list) {
      const wrong = problemOf(source, 'an object merged away');
      if (wrong !== null) return reject('wrong-shape', wrong);
      sources.push(source as StixObject);
    }
  }
  const referer = isJsonObject(body.origin) ? body.origin.referer : undefined;
  return {
    kind: 'entity',
    id,
    name,
    dependency: referer === 'init-dependencies',
    recovered: referer === 'init-create',
    data: body.data as StixObject,
    sources,
    bytes,
  };
}

/** What is wrong with a STIX object, in words, or null. */
function problemOf(value: unknown, what: string): string | null {
  if (!isJsonObject(value)) return `${what} is not a JSON object`;
  const { id, type } = value;
  if (typeof id !== 'string' || id === '') return `${what} has no "id"`;
  if (typeof type !== 'string' || type === '') return `${what} has no "type"`;
  const object = value as StixObject;
  // Without its entity id an indicator has no key: neither its updates nor its delete could be
  // matched to it. Other objects are only looked at for their names.
  if (isIndicator(object)) {
    const entityId = entityIdOf(object);
    if (entityId === null) return `${what} is an indicator without an OpenCTI id`;
    if (!isPlainId(entityId)) return `${what} is an indicator whose OpenCTI id is no id`;
  }
  if (isDeeperThan(value, maxDepth)) return `${what} is nested deeper than ${maxDepth} levels`;
  return null;
}

/** OpenCTI's ids are uuids; what becomes a key must at least be short and plain. */
function isPlainId(id: string): boolean {
  return id.length <= maxId && /^[\w.:-]+$/.test(id);
}

function sourcesOf(context: unknown): unknown[] | null {
  const sources = isJsonObject(context) ? context.sources : undefined;
  if (sources === undefined || sources === null) return [];
  return Array.isArray(sources) ? sources : null;
}

function parseConnected(text: string): StreamMessage {
  const body = parseJson(text);
  if (!isJsonObject(body)) {
    const reason = text === '' ? 'no-data' : body === undefined ? 'bad-json' : 'wrong-shape';
    return rejected('connected', null, reason, 'the first event of the connection is odd', text);
  }
  const connectionId = body.connectionId;
  return {
    kind: 'connected',
    firstEventId: idOf(body.firstEventId),
    lastEventId: idOf(body.lastEventId),
    connectionId: typeof connectionId === 'string' ? own(connectionId, maxName) : null,
    // Not in the event; the connection knows it.
    answeredAt: null,
  };
}

function parseNoRecover(id: EventId | null, text: string): StreamMessage {
  const body = parseJson(text);
  const resumeFrom = isJsonObject(body) ? idOf(body.resume_from) : null;
  return { kind: 'no-recover', id, message: quotedMessage(text), resumeFrom };
}

function quotedMessage(text: string): string {
  const body = parseJson(text);
  const message = isJsonObject(body) ? body.message : undefined;
  return own(typeof message === 'string' ? message : text, maxExcerpt);
}

function idOf(value: unknown): EventId | null {
  return typeof value === 'string' ? parseEventId(value) : null;
}

function badId(idText: string): string {
  if (idText === '') return 'the event has no id';
  return `the event id ${JSON.stringify(own(idText, 64))} is not <milliseconds>-<sequence>`;
}

function rejected(
  name: string,
  id: EventId | null,
  reason: RejectReason,
  detail: string,
  text: string,
  bytes = Buffer.byteLength(text),
): StreamMessage {
  return { kind: 'rejected', id, name, reason, detail, bytes, excerpt: own(text, maxExcerpt) };
}

/**
 * The start of a text as a string of its own. A plain slice would keep the whole event alive in
 * memory for as long as somebody holds the excerpt.
 */
function own(text: string, length: number): string {
  return Buffer.from(text.slice(0, length)).toString();
}

/** The parsed JSON, or undefined (which JSON cannot express) when it is not valid. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Recursion is safe here: it stops at the limit that it looks for. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const child of Array.isArray(value) ? value : Object.values(value)) {
    if (isDeeperThan(child, levels - 1)) return true;
  }
  return false;
}
