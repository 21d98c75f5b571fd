import { startBoard } from '@xsoar-intel/board';
import { loadFor } from '../load.ts';
import { redisAddress } from '../settings.ts';
import { version } from '../version.ts';
import { runService } from './service.ts';

/** `xsoar-intel board`: Bull Board and the status page. */
export function board(options: { config?: string }): Promise<number> {
  const loaded = loadFor('board', options.config);
  const { config } = loaded;
  return runService('board', loaded, ({ logger }) =>
    startBoard(
      {
        redis: redisAddress(config),
        connectorId: config.connector.id,
        attempts: config.worker.attempts,
        address: config.board.address,
        port: config.board.port,
        user: config.board.user,
        password: config.board.password?.reveal() ?? null,
        actions: config.board.actions,
        version,
        openctiUrl: config.opencti.url,
      },
      { logger },
    ),
  );
}
