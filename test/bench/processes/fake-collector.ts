/** An OTLP collector in a process of its own, which counts spans and does nothing else with them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from './serve.ts';

/** What the process can be asked. */
export interface CollectorCalls {
  url(argument: null): string;
  /** Spans so far, and their bytes as JSON. */
  taken(argument: null): { spans: number; bytes: number };
}

/** Every span has it once. */
const MARK = Buffer.from('"startTimeUnixNano"');
let spans = 0;
let bytes = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    bytes += body.length;
    // Not parsed: this machine is shared with what is measured.
    for (let at = body.indexOf(MARK); at >= 0; at = body.indexOf(MARK, at + MARK.length)) {
      spans += 1;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

const calls: CollectorCalls = {
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  taken: () => ({ spans, bytes }),
};

serve({ ...calls });
