import { parseEventId } from '../event-id.ts';
import { createAgent } from '../http-agent.ts';
import { isJsonObject, type StixObject } from '../stix.ts';
import { parseStreamFilter } from '../stream-filter.ts';
import type { ConnectorInfo, OpenctiApi, OpenctiApiOptions, StoredState } from './api-types.ts';
import { deploymentsApi } from './deployments.ts';
import * as documents from './documents.ts';
import { fetchIdentityNames } from './identity-names.ts';
import { OpenctiError } from './opencti-error.ts';
import { createGraphqlPost } from './post.ts';

/** @throws TypeError when the URL of the platform or of a proxy cannot be parsed. */
export function createOpenctiApi(options: OpenctiApiOptions): OpenctiApi {
  const dispatcher = createAgent({ ...options, connections: 8 });
  const post = createGraphqlPost({
    ...options,
    headers: options.headers ?? {},
    userAgent: options.userAgent ?? 'xsoar-intel',
    timeoutMs: options.timeoutMs ?? 30_000,
    maxAnswerBytes: options.maxAnswerBytes ?? 8 * 1024 * 1024,
    now: options.now ?? Date.now,
    dispatcher,
  });
  let withoutInfo = false;
  let withVersion: boolean | null = null;

  const call = async (
    operation: string,
    query: string,
    variables?: Record<string, unknown>,
    signal?: AbortSignal,
  ) => post.data({ operation, query, ...(variables && { variables }) }, signal);

  const ping: OpenctiApi['ping'] = async (id, state, info, signal) => {
    // What is sent without a state is the word `null`, as the Python helper does.
    const variables = { id, state: JSON.stringify(state) };
    if (info !== undefined && !withoutInfo) {
      const more = { ...variables, connectorInfo: infoInput(info) };
      try {
        const data = await call('ping', documents.pingConnector, more, signal);
        return storedState(objectIn(data, 'pingConnector', 'ping'));
      } catch (error) {
        if (!(error instanceof OpenctiError) || error.kind !== 'schema') throw error;
      }
    }
    const data = await call('ping', documents.pingConnectorWithoutInfo, variables, signal);
    // Only now is it known that `connectorInfo` was to blame.
    if (info !== undefined) withoutInfo = true;
    return storedState(objectIn(data, 'pingConnector', 'ping'));
  };

  /** Whether registering takes a version; an unknown key would make the platform refuse it all. */
  async function takesVersion(signal?: AbortSignal): Promise<boolean> {
    if (withVersion !== null) return withVersion;
    const asked = { operation: 'registerInputFields', query: documents.registerInputFields };
    const { data, problem } = await post.outcome(asked, signal);
    // It is no reason not to register; only an answer is believed for good.
    if (problem !== null && problem.kind !== 'schema') return false;
    const fields = isJsonObject(data?.input) ? data.input.inputFields : null;
    withVersion =
      Array.isArray(fields) &&
      fields.some((field: unknown) => isJsonObject(field) && field.name === 'version');
    return withVersion;
  }

  return {
    ping,
    deployments: deploymentsApi(post),
    async register({ id, name, scope, auto = false, version }, signal) {
      const input = {
        ...(version !== undefined && (await takesVersion(signal)) ? { version } : {}),
        id,
        name,
        type: 'STREAM',
        scope,
        auto,
        only_contextual: false,
        playbook_compatible: false,
      };
      const data = await call('register', documents.registerConnector, { input }, signal);
      const connector = objectIn(data, 'registerConnector', 'register');
      return { ...storedState(connector), userId: textOf(connector.connector_user_id) };
    },
    async streamCollection(id, signal) {
      const data = await call('streamCollection', documents.streamCollection, { id }, signal);
      if (data.streamCollection === null) return null;
      const found = objectIn(data, 'streamCollection', 'streamCollection');
      return {
        id: textOf(found.id) ?? id,
        name: textOf(found.name) ?? '',
        description: textOf(found.description),
        live: found.stream_live === true,
        public: found.stream_public === true,
      };
    },
    async streamFilter(id, signal) {
      const data = await call('streamCollection', documents.streamFilter, { id }, signal);
      const { filters } = objectIn(data, 'streamCollection', 'streamCollection');
      return parseStreamFilter(filters);
    },
    async redisStreamInfo(signal) {
      const data = await call('redisStreamInfo', documents.redisStreamInfo, undefined, signal);
      const info = objectIn(data, 'redisStreamInfo', 'redisStreamInfo');
      return {
        firstEventId: parseEventId(textOf(info.firstEventId) ?? ''),
        lastEventId: parseEventId(textOf(info.lastEventId) ?? ''),
        streamSize: typeof info.streamSize === 'number' ? info.streamSize : null,
      };
    },
    identityNames: (ids, signal) => fetchIdentityNames(post, ids, signal),
    async stixObject(id, signal) {
      const data = await call('stixObject', documents.stixObject, { id }, signal);
      return parseStix(data.stix);
    },
    async me(signal) {
      const data = await call('me', documents.me, undefined, signal);
      const user = objectIn(data, 'me', 'me');
      return {
        id: textOf(user.id) ?? '',
        name: textOf(user.name) ?? '',
        email: textOf(user.user_email),
      };
    },
    async about(signal) {
      const data = await call('about', documents.about, undefined, signal);
      const version = textOf(objectIn(data, 'about', 'about').version);
      return { version: version ?? 'unknown' };
    },
    close: () => dispatcher.destroy(),
  };
}

function infoInput(info: ConnectorInfo) {
  return {
    run_and_terminate: false,
    buffering: info.buffering,
    queue_threshold: info.queueThreshold,
    queue_messages_size: info.queueMessagesSize,
    next_run_datetime: null,
    last_run_datetime: null,
  };
}

function storedState(connector: Record<string, unknown>): StoredState {
  const text = textOf(connector.connector_state);
  let state: unknown = null;
  try {
    state = JSON.parse(text ?? 'null');
  } catch {
    // Kept as text: what another connector stored there is not ours to judge.
  }
  const empty = text === null || text.trim() === '' || text.trim() === 'null';
  return { state: isJsonObject(state) ? state : null, text, empty };
}

/** OpenCTI answers an unknown id with an empty text, or with null. */
function parseStix(text: unknown): StixObject | null {
  if (text === null || text === '') return null;
  let object: unknown = null;
  try {
    object = typeof text === 'string' ? JSON.parse(text) : null;
  } catch {
    // Judged below, with everything else that is no object.
  }
  if (isJsonObject(object) && typeof object.id === 'string' && typeof object.type === 'string') {
    return { ...object, id: object.id, type: object.type };
  }
  const words = 'the answer is not a STIX object';
  throw new OpenctiError('stixObject', { kind: 'bad-answer', code: 'BAD_ANSWER', words });
}

function objectIn(
  data: Record<string, unknown>,
  key: string,
  operation: string,
): Record<string, unknown> {
  const value = data[key];
  if (isJsonObject(value)) return value;
  const words = `the answer has no "${key}"`;
  throw new OpenctiError(operation, { kind: 'bad-answer', code: 'BAD_ANSWER', words });
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
