import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
} from 'node:http';

/** One frame of a stream as it stood on the wire. */
export interface Frame {
  id: string | null;
  event: string | null;
  data: string | null;
}

/** A raw client of the live stream, for the tests of this package. */
export interface SseClient {
  status: number;
  reason: string;
  headers: IncomingHttpHeaders;
  frames: Frame[];
  /** Resolves when a frame (old or new) fits; rejects after 5 s with what came instead. */
  until(fits: (frame: Frame) => boolean): Promise<Frame>;
  /** Resolves when so many frames other than heartbeats and metrics came. */
  events(count: number): Promise<Frame[]>;
  /** How the body ended. */
  ended: Promise<'clean' | 'error'>;
  pause(): void;
  resume(): void;
  close(): void;
}

function parseFrame(text: string): Frame {
  const frame: Frame = { id: null, event: null, data: null };
  for (const line of text.split('\n')) {
    const colon = line.indexOf(': ');
    const key = line.slice(0, colon);
    if (key === 'id' || key === 'event' || key === 'data') frame[key] = line.slice(colon + 2);
  }
  return frame;
}

/** Data events of a list of frames: no `connected`, heartbeats or metrics. */
export function dataFrames(frames: readonly Frame[]): Frame[] {
  const other = ['connected', 'heartbeat', 'consumer_metrics'];
  return frames.filter((frame) => !other.includes(frame.event ?? ''));
}

/** Connects and resolves with the status line. */
export function openSse(url: string, headers: Record<string, string> = {}): Promise<SseClient> {
  return new Promise((resolve, reject) => {
    const call: ClientRequest = request(url, { headers }, (response: IncomingMessage) => {
      const frames: Frame[] = [];
      const watchers = new Set<() => void>();
      let held = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        held += chunk;
        for (let end = held.indexOf('\n\n'); end >= 0; end = held.indexOf('\n\n')) {
          frames.push(parseFrame(held.slice(0, end)));
          held = held.slice(end + 2);
        }
        for (const watch of [...watchers]) watch();
      });
      const ended = new Promise<'clean' | 'error'>((done) => {
        response.once('end', () => done('clean'));
        response.once('error', () => done('error'));
      });
      const wait = <T>(look: () => T | undefined): Promise<T> =>
        new Promise((found, failed) => {
          const stop = (): void => {
            clearTimeout(timer);
            watchers.delete(watch);
          };
          const watch = (): void => {
            const result = look();
            if (result === undefined) return;
            stop();
            found(result);
          };
          const timer = setTimeout(() => {
            stop();
            failed(new Error(`not seen; frames: ${JSON.stringify(frames).slice(0, 2000)}`));
          }, 5000);
          watchers.add(watch);
          watch();
        });
      resolve({
        status: response.statusCode ?? 0,
        reason: response.statusMessage ?? '',
        headers: response.headers,
        frames,
        until: (fits) => wait(() => frames.find(fits)),
        events: (count) =>
          wait(() => {
            const seen = dataFrames(frames);
            return seen.length >= count ? seen : undefined;
          }),
        ended,
        pause: () => void response.pause(),
        resume: () => void response.resume(),
        close: () => call.destroy(),
      });
    });
    call.on('error', reject);
    call.end();
  });
}
