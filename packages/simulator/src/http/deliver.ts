import type { ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';
import { htmlReply, type Reply } from './reply.ts';

/** True when the fault strikes before the server does its work. */
export function preventsCommit(fault: Fault): boolean {
  switch (fault.kind) {
    case 'status':
      return fault.commit !== true;
    case 'hang':
      return fault.commit !== true;
    case 'reset':
      return fault.when === 'before';
    case 'html':
    case 'redirect':
      return true;
    case 'slow-headers':
    case 'slow-body':
    case 'cut-body':
      return false;
  }
}

/** The answer of a fault that replaces the server's own; null when the own one is used. */
export function replyOfFault(
  fault: Fault,
  bodyOf: (status: number) => Reply,
  nowMs: number,
): Reply | null {
  switch (fault.kind) {
    case 'status': {
      const usual = bodyOf(fault.status);
      const headers = { ...usual.headers };
      if (fault.contentType !== undefined) headers['content-type'] = fault.contentType;
      if (fault.retryAfterText !== undefined) headers['retry-after'] = fault.retryAfterText;
      else if (fault.retryAfter !== undefined)
        headers['retry-after'] =
          fault.retryAfterForm === 'date'
            ? new Date(nowMs + fault.retryAfter * 1000).toUTCString()
            : String(fault.retryAfter);
      return { status: fault.status, headers, body: fault.body ?? usual.body };
    }
    case 'html':
      return htmlReply(fault.status ?? 200, 'Cortex');
    case 'redirect':
      return { status: fault.status ?? 303, headers: { location: fault.location }, body: '' };
    default:
      return null;
  }
}

function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, {
    ...reply.headers,
    'content-length': Buffer.byteLength(reply.body),
  });
  response.end(reply.body);
}

function later(response: ServerResponse, ms: number, act: () => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      act();
      resolve();
    }, ms);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Writes an answer, spoilt by the fault if there is one. Resolves when the server is
 * done with the request: written, or the connection gone.
 */
export function deliver(
  response: ServerResponse,
  reply: Reply,
  fault: Fault | null,
): Promise<void> | void {
  if (response.destroyed) return;
  const gone = (): Promise<void> =>
    new Promise((resolve) => {
      if (response.destroyed) resolve();
      else response.once('close', () => resolve());
    });
  switch (fault?.kind) {
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
      return gone();
    case 'cut-body': {
      const bytes = Buffer.from(reply.body);
      // One byte more than there is, so that even an empty body is cut.
      response.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length + 1 });
      response.flushHeaders();
      response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
      setImmediate(() => response.destroy());
      return gone();
    }
    case 'slow-headers':
      return later(response, fault.delayMs, () => send(response, reply));
    case 'slow-body': {
      const bytes = Buffer.from(reply.body);
      const half = Math.floor(bytes.length / 2);
      response.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length });
      response.flushHeaders();
      if (half > 0) response.write(bytes.subarray(0, half));
      return later(response, fault.delayMs, () => response.end(bytes.subarray(half)));
    }
    default:
      send(response, reply);
  }
}
