import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { change, type Handler, indicator, sse, startServer, startStream } from './http-server.ts';

/** How long and how often a test waits for a condition. */
export const soon = { timeout: 5000, interval: 2 };

/** A server that ends with its test. */
export async function serve(handler: Handler) {
  const server = await startServer(handler);
  onTestFinished(() => server.close());
  return server;
}

/** Answers with the first events of a stream and stays open. */
export function stream(response: ServerResponse, ...events: string[]): void {
  startStream(response);
  response.write(events.join(''));
}

/** The event that an indicator was created. */
export function entity(id: string, entityId = `e${id}`): string {
  return sse('create', id, change('create', indicator(entityId)));
}
