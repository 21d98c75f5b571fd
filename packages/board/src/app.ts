/**
 * What a request passes, in this order: headers for every answer, who asks, from
 * where (CSRF), and only then the pages.
 */

import type { Logger } from '@xsoar-intel/runtime';
import express, {
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
  type Response,
} from 'express';
import { BULL_BOARD_POLICY, SECURITY_HEADERS, STATUS_POLICY } from './access/headers.ts';
import type { Login } from './access/login.ts';
import { isLocalHost } from './access/loopback.ts';
import { isSameOrigin } from './access/same-origin.ts';
import { statusRoutes } from './status/routes.ts';
import type { StatusSource } from './status/status-source.ts';

/** What the board's HTTP side is made of. */
export interface AppParts {
  /** Null: nobody has to log in, so only this machine is answered. */
  login: Login | null;
  actions: boolean;
  source: StatusSource;
  bullBoard: Express;
  /** Whether Redis answers at this moment. */
  redisReady(): boolean;
  logger: Logger;
}

/** Where Bull Board is mounted. */
export const BULL_BOARD_PATH = '/queue';

/** Puts the board's HTTP side together. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders, onlyUsers(parts), onlySameOrigin(parts));
  app.use(statusRoutes(parts.source, { actions: parts.actions, userOf }));
  app.use(BULL_BOARD_PATH, bullBoardHeaders);
  app.use(`${BULL_BOARD_PATH}/api`, onlyWithRedis(parts));
  app.use(BULL_BOARD_PATH, parts.bullBoard);
  app.use((_request, response) => refuse(response, 404, 'There is nothing here.'));
  app.use(onError(parts));
  return app;
}

const userOf = (response: Response): string | null =>
  typeof response.locals.user === 'string' ? response.locals.user : null;

function refuse(response: Response, status: number, words: string): void {
  response.status(status).type('text/plain').send(`${words}\n`);
}

const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({ ...SECURITY_HEADERS, 'Content-Security-Policy': STATUS_POLICY });
  next();
};

const bullBoardHeaders: RequestHandler = (request, response, next) => {
  response.set('Content-Security-Policy', BULL_BOARD_POLICY);
  // Its program and styles have their digest in their names; all else holds intelligence.
  if (!request.path.startsWith('/static/')) response.set('Cache-Control', 'no-store');
  next();
};

function onlyUsers({ login, logger }: AppParts): RequestHandler {
  return (request, response, next) => {
    if (login === null) {
      if (isLocalHost(request.headers.host)) return next();
      return refuse(
        response,
        403,
        'Without a login (BOARD_USER, BOARD_PASSWORD) the board answers under the name of this machine itself only, such as localhost.',
      );
    }
    const { authorization } = request.headers;
    const user = login.userOf(authorization);
    if (user !== null) {
      response.locals.user = user;
      return next();
    }
    // A first look comes without credentials. What was sent is not logged: it may be a password.
    if (authorization !== undefined) {
      logger.warn({ remote: request.socket.remoteAddress }, 'board: a login was refused');
    }
    response.set('WWW-Authenticate', 'Basic realm="xsoar-intel", charset="UTF-8"');
    return refuse(response, 401, 'Please log in.');
  };
}

function onlySameOrigin({ logger }: AppParts): RequestHandler {
  return (request, response, next) => {
    const { headers, method, path } = request;
    const site = headers['sec-fetch-site'];
    const origin = {
      method,
      site: typeof site === 'string' ? site : undefined,
      origin: headers.origin,
      host: headers.host,
    };
    if (isSameOrigin(origin)) return next();
    logger.warn({ method, path, user: userOf(response) }, 'board: refused, not from its own page');
    return refuse(response, 403, 'Only the pages of the board itself may ask for this.');
  };
}

/** Bull Board waits for as long as Redis is away; its page shows an error sooner. */
function onlyWithRedis({ redisReady }: AppParts): RequestHandler {
  return (_request, response, next) => {
    if (redisReady()) return next();
    response.status(503).json({ error: { key: 'ERRORS.REDIS_UNAVAILABLE' } });
  };
}

/** Express would send stack traces. */
function onError({ logger }: AppParts): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const status = statusOfError(error);
    if (status >= 500) logger.error({ err: error, path: request.path }, 'board: request failed');
    if (response.headersSent) return next(error);
    return refuse(response, status, status >= 500 ? 'Something went wrong.' : 'A bad request.');
  };
}

/** Express' own refusals (bad URL, bad body) carry their status; all else is a defect. */
function statusOfError(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : 500;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
