import { get } from 'node:http';
import type { MetricsConfig } from '@xsoar-intel/config';
import { EXIT } from '../exit-code.ts';
import { CommandError, loadFor } from '../load.ts';

/** How long a process may take for its answer, in ms. */
const TIMEOUT_MS = 3_000;
/** More than any answer of ours has. */
const ANSWER_MAX = 65_536;

/**
 * `xsoar-intel health`: asks the process of this machine (or container) whether it is alive, or
 * ready. For health checks in images that have no shell and no curl.
 */
export async function health(options: { config?: string; ready: boolean }): Promise<number> {
  const { config } = loadFor('operator', options.config);
  const url = healthUrl(config.metrics, options.ready ? '/readyz' : '/healthz');
  const { status, text } = await ask(url);
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return status === 200 ? EXIT.fine : EXIT.failed;
}

/** Where the process of this machine answers. Throws a CommandError where it does not. */
export function healthUrl({ enabled, address, port }: MetricsConfig, path: string): string {
  if (!enabled || port === 0) {
    const why = enabled ? 'METRICS_PORT is 0 (any free port)' : 'METRICS_ENABLE is not true';
    throw new CommandError(`${why}: there is nobody to ask.`, EXIT.config);
  }
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
}

function ask(url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(new CommandError(`${url} does not answer: ${error.message}`));
    const request = get(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        if (text.length < ANSWER_MAX) text += part;
      });
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', fail);
  });
}
