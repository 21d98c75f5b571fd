import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Pipeline } from '../e2e/pipeline.ts';
import { freePort } from '../support/redis.ts';
import { until } from '../support/until.ts';

const BIN = fileURLToPath(new URL('../../node_modules/.bin/xsoar-intel', import.meta.url));

/** A board over the Redis of a pipeline, as a process of its own. */
export interface BoardProcess {
  readonly url: string;
  /** What it logged so far, one object a line. */
  logs(): Record<string, unknown>[];
  /** Ends it as an operator does, if it has not ended; its exit code. */
  end(): Promise<number | null>;
}

/** Starts `xsoar-intel board` and waits until it answers. */
export async function startBoardProcess(
  pipeline: Pipeline,
  environment: Record<string, string>,
): Promise<BoardProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child: ChildProcess = spawn(BIN, ['board'], {
    cwd: tmpdir(),
    env: {
      PATH: process.env.PATH ?? '',
      REDIS_URL: pipeline.redis.url,
      CONNECTOR_ID: pipeline.connectorId,
      OPENCTI_URL: pipeline.opencti.url,
      BOARD_PORT: String(port),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  try {
    await until('the board answers', async () => {
      if (child.exitCode !== null) throw new Error(`the board ended: ${output}`);
      return fetch(url).then(
        () => true,
        () => false,
      );
    });
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    url,
    logs: () =>
      output
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await exit;
      return code as number | null;
    },
  };
}
