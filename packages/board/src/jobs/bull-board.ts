import { createBullBoard } from '@bull-board/api';
import type { AppViewRoute } from '@bull-board/api/typings/app';
import { ExpressAdapter } from '@bull-board/express';
import type { DeliveryQueue } from '@xsoar-intel/pipeline';
import { entityOf } from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import type { Express } from 'express';
import { createActionGuard } from './action-guard.ts';
import { DeliveryAdapter, type RetryStore } from './delivery-adapter.ts';
import { strictEntryPage } from './entry-page.ts';
import { jobData, jobTitle } from './job-text.ts';

/** What Bull Board is given. */
export interface BullBoardParts {
  queue: DeliveryQueue;
  /** What retries go through. */
  deadLetters: RetryStore;
  /** Where it is mounted, such as `/queue`. */
  path: string;
  actions: boolean;
  logger: Logger;
  userOf(headers: Record<string, string | undefined>): string | null;
  /** Address of OpenCTI without a slash at its end, for links to entities; null: no links. */
  openctiUrl: string | null;
}

/** Serves Bull Board's page through {@link strictEntryPage}, and logs what it only answers. */
class StrictExpressAdapter extends ExpressAdapter {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    super();
    this.#logger = logger;
  }

  override setErrorHandler(handler: Parameters<ExpressAdapter['setErrorHandler']>[0]): this {
    return super.setErrorHandler((error) => {
      const answer = handler(error);
      if ((answer.status ?? 500) >= 500) {
        this.#logger.error({ err: error }, 'board: request failed');
      }
      return answer;
    });
  }

  override setEntryRoute({ route, handler }: AppViewRoute): this {
    this.app.disable('x-powered-by');
    this.app.get(route, (_request, response, next) => {
      const { name, params } = handler({ basePath: this.basePath, uiConfig: this.uiConfig });
      this.app.render(name, params, (error: Error | null, page: string) => {
        if (error) next(error);
        else response.type('html').send(strictEntryPage(page));
      });
    });
    return this;
  }
}

/** Bull Board over the delivery queue, as something to mount at `path`. */
export function mountBullBoard(parts: BullBoardParts): Express {
  const { openctiUrl } = parts;
  const adapter = new DeliveryAdapter(parts.queue, parts.deadLetters, {
    readOnlyMode: !parts.actions,
    displayName: 'Deliveries',
    description:
      'One job for each entity whose newest state is not in XSOAR. Failed: dead letters.',
    ...(openctiUrl === null
      ? {}
      : {
          externalJobUrl: (job) => ({
            displayText: 'OpenCTI',
            href: `${openctiUrl}/dashboard/id/${encodeURIComponent(entityOf(job.data).toWellFormed())}`,
          }),
        }),
  });
  adapter.setFormatter('name', jobTitle);
  adapter.setFormatter('data', jobData);

  const server = new StrictExpressAdapter(parts.logger);
  server.setBasePath(parts.path);
  createBullBoard({
    queues: [adapter],
    serverAdapter: server,
    options: {
      handlerHooks: createActionGuard(parts),
      uiConfig: {
        boardTitle: 'xsoar-intel',
        miscLinks: [{ text: 'Status', url: '/' }],
        hideDocsLink: true,
        // Where the reason stands; the default, a stack trace of ours, says nothing to an analyst.
        jobDetails: { defaultTab: 'Data' },
        // It would ask for CLIENT LIST with every poll; our own page knows the workers.
        showWorkers: false,
        // The workers keep no such history.
        showMetrics: false,
        environment: parts.actions
          ? { label: 'actions are on', color: '#8f5a00', textColor: '#ffffff' }
          : { label: 'read-only', color: '#4b5259', textColor: '#ffffff' },
      },
    },
  });
  return server.getRouter() as Express;
}
