import { onTestFinished } from 'vitest';
import type { StreamMessage } from '../message.ts';
import { openLiveStream } from '../stream/live-stream.ts';
import type { LiveStream, LiveStreamOptions, StreamStateChange } from '../stream/options.ts';

/** A live stream under test with everything that it told. */
export interface Followed {
  stream: LiveStream;
  messages: StreamMessage[];
  changes: StreamStateChange[];
  /** Ids of the entity messages, in order. */
  entityIds(): string[];
}

/** Follows the stream of a test server, with short waits; closed when the test is finished. */
export function follow(url: string, more: Partial<LiveStreamOptions> = {}): Followed {
  const messages: StreamMessage[] = [];
  const changes: StreamStateChange[] = [];
  const stream = openLiveStream({
    url,
    token: 'the-secret-token',
    streamId: 'abc',
    sslVerify: true,
    listenDelete: true,
    noDependencies: true,
    withInferences: false,
    position: async () => ({ from: '100-0' }),
    onMessage: (message) => messages.push(message),
    onState: (change) => changes.push(change),
    room: () => undefined,
    backoff: { minMs: 1, maxMs: 4 },
    ...more,
  });
  onTestFinished(() => stream.close());
  return {
    stream,
    messages,
    changes,
    entityIds: () => messages.flatMap((m) => (m.kind === 'entity' ? [m.id.text] : [])),
  };
}
