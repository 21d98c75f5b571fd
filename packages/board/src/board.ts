/** The board process: Bull Board and the status page, behind a login, over one connection to Redis. */
import { createServer, type Server } from 'node:http';
import {
  connectRedis,
  createDeadLetters,
  keysOf,
  openDeliveryQueue,
  type RedisAddress,
  readStatus,
} from '@xsoar-intel/pipeline';
import { type Logger, sparingly } from '@xsoar-intel/runtime';
import { createLogin } from './access/login.ts';
import { listenAddress } from './access/loopback.ts';
import { BULL_BOARD_PATH, createApp } from './app.ts';
import { mountBullBoard } from './jobs/bull-board.ts';
import { createStatusSource } from './status/status-source.ts';

/** Everything the board has to know. */
export interface BoardSettings {
  redis: RedisAddress;
  connectorId: string;
  /** Attempts of a delivery; the same as the workers' (BullMQ keeps it with the queue). */
  attempts: number;
  /** Host name or IP address to listen on; anything but loopback needs a login. */
  address: string;
  /** 0: any free port. */
  port: number;
  /** Both are set, or none: then nobody has to log in. */
  user: string | null;
  password: string | null;
  /** False: the board only shows. */
  actions: boolean;
  version: string;
  /** Address of OpenCTI without a slash at its end, for links to entities. */
  openctiUrl?: string | null;
}

/** A running board. */
export interface Board {
  readonly url: string;
  readonly port: number;
  /** Reasons why it is not ready; empty when it is. */
  reasons(): string[];
  /** Closes all connections. */
  stop(): Promise<void>;
}

/** A status is shown again for so long, ms: many who look cost as much as one. */
const FRESH_MS = 1_000;
/** Longest wait for Redis, ms. */
const REDIS_MS = 5_000;

/**
 * Starts the board over a Redis that was found fit. Rejects, naming the variable
 * to change, when it would be open to others without a login, when only one of
 * user and password is set, or when the port is taken.
 */
export async function startBoard(
  settings: BoardSettings,
  { logger }: { logger: Logger },
): Promise<Board> {
  const { user, password, actions, openctiUrl = null } = settings;
  if ((user === null) !== (password === null)) {
    throw new Error('BOARD_USER and BOARD_PASSWORD belong together: set both, or none');
  }
  const login = user !== null && password !== null ? createLogin(user, password) : null;
  const address = await listenAddress(settings.address, login !== null);

  const onRedisError = sparingly((error) =>
    logger.warn({ err: error }, 'Redis connection trouble; the board goes on when it is back'),
  );
  const redis = connectRedis(settings.redis, 'board', onRedisError);
  const keys = keysOf(settings.connectorId);
  const queue = openDeliveryQueue(redis, keys, {
    attempts: settings.attempts,
    onError: onRedisError,
  });
  const closeRedis = async (): Promise<void> => {
    await queue.close();
    redis.disconnect();
  };

  const source = createStatusSource({
    async read() {
      if (redis.status !== 'ready') throw new Error(`Redis is away (${redis.status}).`);
      return readStatus(redis, keys, queue, Date.now());
    },
    version: settings.version,
    connectorId: settings.connectorId,
    freshMs: FRESH_MS,
    timeoutMs: REDIS_MS,
    now: () => performance.now(),
  });
  const bullBoard = mountBullBoard({
    queue,
    // It only retries: the time of tombstones matters to a discard.
    deadLetters: createDeadLetters(redis, keys, queue, 0),
    path: BULL_BOARD_PATH,
    actions,
    logger,
    userOf: (headers) => login?.userOf(headers.authorization) ?? null,
    openctiUrl,
  });
  const app = createApp({
    login,
    actions,
    source,
    bullBoard,
    redisReady: () => redis.status === 'ready',
    logger,
  });

  const server = createServer(app);
  // Slow and idle clients do not keep places from others.
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 5_000;
  server.timeout = 30_000;
  server.maxConnections = 200;
  try {
    await listen(server, address, settings.port);
  } catch (error) {
    await closeRedis();
    throw error;
  }
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : settings.port;
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
  logger.info({ url, login: login !== null, actions }, 'the board is served');

  return {
    url,
    port,
    reasons: () => (redis.status === 'ready' ? [] : [`Redis: ${redis.status}`]),
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await closeRedis();
    },
  };
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Error(
          `cannot listen on ${address}:${port} for the board (${error.code ?? error.message}): choose another BOARD_ADDR or BOARD_PORT`,
        ),
      );
    });
    server.listen(port, address, () => resolve());
  });
}
