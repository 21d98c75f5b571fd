import { expectationsOf } from '../generate/expectations.ts';
import { createRandom } from '../generate/random.ts';
import { readBody } from '../http/body.ts';
import { deliver, preventsCommit, replyOfFault } from '../http/deliver.ts';
import { createFaultBook } from '../http/faults.ts';
import { emptyReply, jsonReply, type Reply } from '../http/reply.ts';
import { listen } from '../http/server.ts';
import { builtInMarkings } from '../stix/markings.ts';
import type { Connection } from './connection.ts';
import { createConnectorBook } from './connectors.ts';
import { serveControl } from './control.ts';
import { createDeploymentBook } from './deployments.ts';
import { formatId } from './event-id.ts';
import type { FakeOpencti, FakeOpenctiOptions } from './fake.ts';
import { answerGraphql } from './graphql.ts';
import { createSchema, refuseUnless } from './graphql-schema.ts';
import { registerInputFields2026 } from './graphql-types.ts';
import { createPlatform } from './platform.ts';
import { type Playing, play } from './play.ts';
import { changeSettings, createSettings, isRunning } from './settings.ts';
import { bearerToken, serveStream } from './stream.ts';
import { objectOf } from './table.ts';

/** The body of a refusal: OpenCTI's are empty, only its rate limit says something. */
function errorBody(status: number): Reply {
  if (status !== 429) return emptyReply(status);
  return jsonReply(429, { message: 'Too many requests, please try again later.' });
}

/**
 * Starts a fake OpenCTI: live stream, GraphQL and the control routes under `/sim`.
 * Rejects when the port is taken. Every route is described in the package's README.
 */
export async function startFakeOpencti(options: FakeOpenctiOptions = {}): Promise<FakeOpencti> {
  const now = options.now ?? Date.now;
  const token = options.token ?? 'opencti-token';
  const streamId = options.streamId ?? '5f2a7c1e-4b8d-4e0f-9a63-0c1d2e3f4a5b';
  const platform = createPlatform({
    now,
    retention: options.retention ?? Number.POSITIVE_INFINITY,
    filter: options.filter ?? { types: ['indicator'] },
  });
  for (const object of builtInMarkings()) platform.apply({ kind: 'reference', object });
  const settings = createSettings(token);
  if (options.deployments !== undefined) settings.deployments = options.deployments;
  const deployments = createDeploymentBook({
    platform,
    now,
    allow() {
      refuseUnless(settings, 'KNOWLEDGE_KNUPDATE');
      refuseUnless(settings, 'CONNECTORAPI');
    },
    allowPlatform: () => refuseUnless(settings, 'KNOWLEDGE_KNUPDATE'),
    tooMany: () => settings.deployments === 'too-many',
  });
  const connectors = createConnectorBook(now);
  const connections = new Set<Connection>();
  const faults = createFaultBook(createRandom(options.seed ?? 1));
  const counts = new Map<string, number>();
  const playing = new Set<Playing>();
  let connectionsOpened = 0;

  const schema = createSchema({
    platform,
    settings,
    connectors,
    streamId,
    streamName: options.streamName ?? 'XSOAR indicators',
    now,
    redisStreamInfo: options.redisStreamInfo ?? true,
    registerInputFields: options.registerInputFields ?? registerInputFields2026,
    deployments: deployments.mutations,
  });
  const stream = {
    platform,
    settings,
    streamId,
    now,
    heartbeatMs: options.heartbeatMs ?? 5000,
    blockMs: options.blockMs ?? 5000,
    consumerMetrics: options.consumerMetrics ?? true,
    backPressure: options.backPressure ?? true,
    tellsDate: options.tellsDate ?? true,
    sentLimit: options.sentLimit ?? 5000,
    sentLifeMs: options.sentLifeMs ?? 3_600_000,
    connections,
    ...(options.onWritten === undefined ? {} : { onWritten: options.onWritten }),
  };

  const server = await listen(options, async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://simulator');
    if (url.pathname.startsWith('/sim/')) return serveControl(fake, url, request, response);
    const streamPath = /^\/stream\/([^/]+)$/.exec(url.pathname);
    const operation = streamPath ? 'stream' : 'graphql';
    const body = request.method === 'POST' ? await readBody(request) : '';
    const fault = faults.choose(operation, body);
    if (fault && preventsCommit(fault))
      return deliver(response, replyOfFault(fault, errorBody, now()) ?? emptyReply(500), fault);
    if (streamPath?.[1] !== undefined && request.method === 'GET') {
      connectionsOpened += 1;
      if (fault?.kind === 'slow-headers')
        await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
      return serveStream(stream, streamPath[1], url.searchParams, request, response);
    }
    if (url.pathname === '/stream') {
      const reason = 'Consume generic stream is only authorized for bypass user';
      response.writeHead(401, reason, { 'content-length': 0 });
      response.end();
      return;
    }
    const legacyDelay = url.pathname.startsWith('/stream/connection/');
    if (legacyDelay) return deliver(response, jsonReply(200, { message: 'ok' }), fault);
    if (url.pathname !== '/graphql' || request.method !== 'POST')
      return deliver(response, emptyReply(404), fault);
    const authentic = bearerToken(request) === settings.token;
    const reply = answerGraphql(schema(), body, authentic, counts);
    const replaced = fault ? replyOfFault(fault, errorBody, now()) : null;
    return deliver(response, replaced ?? reply, fault);
  });

  const endAll = (how: 'clean' | 'reset'): void => {
    for (const connection of [...connections]) connection.end(how);
  };
  const id = (given: ReturnType<typeof platform.apply>): string | null =>
    given ? formatId(given) : null;

  const fake: FakeOpencti = {
    url: server.url,
    port: server.port,
    token,
    streamId,
    now,
    append: (operation) => id(platform.apply(operation)),
    appendRaw: (text) => id(platform.apply({ kind: 'raw', text })) ?? '',
    play(feed, playOptions = {}) {
      const one = play(platform, feed, playOptions);
      playing.add(one);
      one.finished.then(
        () => playing.delete(one),
        () => playing.delete(one),
      );
      return one;
    },
    *state() {
      for (const row of platform.table.rows()) yield objectOf(row);
    },
    object(wanted) {
      const row = platform.table.find(wanted);
      return row ? objectOf(row) : undefined;
    },
    expectations: () => expectationsOf(platform.table.rows(), (row) => platform.rowMatches(row)),
    setFilter: (filter) => platform.setFilter(filter),
    settings(change) {
      changeSettings(settings, change);
      // Whoever loses access sees a clean end of the stream.
      if (change.token !== undefined || change.capabilities !== undefined) endAll('clean');
    },
    stop({ forMs } = {}) {
      settings.running = false;
      settings.stoppedUntilMs = forMs === undefined ? null : now() + forMs;
      endAll('clean');
    },
    start() {
      settings.running = true;
      settings.stoppedUntilMs = null;
    },
    cut: endAll,
    breakConnections(message = 'Error in stream: simulated') {
      for (const connection of connections) connection.breakWith(message);
    },
    resend(count) {
      for (const connection of connections) connection.resend(count);
    },
    wipe: (how) => platform.wipe(how),
    connectors,
    deployments: deployments.book,
    faults,
    stats() {
      const { first, last } = platform.bounds();
      const { log } = platform;
      return {
        running: isRunning(settings, now()),
        events: {
          retained: log.next - log.first,
          total: log.next,
          firstId: formatId(first),
          lastId: formatId(last),
          bytes: platform.bytes,
        },
        objects: platform.table.size,
        connections: [...connections].map((connection) => connection.stats()),
        connectionsOpened,
        pausedBeforeMain: settings.pauseBeforeMain.waiting,
        graphql: Object.fromEntries(counts),
        faultsStruck: faults.struck,
      };
    },
    async close() {
      for (const one of playing) one.stop();
      endAll('clean');
      await server.close();
    },
  };
  return fake;
}
