import { verdictOf } from '@xsoar-intel/pipeline';
import { type Response, Router } from 'express';
import { loadAssets } from './assets.ts';
import { renderStatus, renderUnreadable } from './page.ts';
import type { StatusSource } from './status-source.ts';

/** The status page at `/`, the same data at `/status.json`, and what the page refers to. */
export function statusRoutes(
  source: StatusSource,
  options: { actions: boolean; userOf(response: Response): string | null },
): Router {
  const router = Router();

  router.get('/', async (_request, response) => {
    response.type('html').set('Cache-Control', 'no-store');
    try {
      const status = await source.status();
      const context = { actions: options.actions, user: options.userOf(response) };
      response.send(renderStatus(status, verdictOf(status), context));
    } catch (error) {
      response.status(503).send(renderUnreadable(reasonOf(error)));
    }
  });

  router.get('/status.json', async (_request, response) => {
    response.set('Cache-Control', 'no-store');
    try {
      const status = await source.status();
      response.json({ verdict: verdictOf(status), ...status });
    } catch (error) {
      response.status(503).json({ error: reasonOf(error) });
    }
  });

  for (const { path, type, body } of loadAssets()) {
    router.get(path, (_request, response) => {
      response.type(type).set('Cache-Control', 'no-cache').send(body);
    });
  }
  return router;
}

/** Errors of Redis and of the cursor say what is wrong and hold no secret. */
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
