import { createLogger, runProcess } from '@xsoar-intel/runtime';
import {
  type FakeOpencti,
  generateFeed,
  openStixFile,
  startFakeOpencti,
  startFakeXsoar,
} from '@xsoar-intel/simulator';
import { version } from '../version.ts';

/** Options of `simulate opencti`. */
export interface SimulateOpenctiOptions {
  host: string;
  port: number;
  token: string;
  streamId: string;
  stix?: string;
  events?: number;
  rate?: number;
  seed: number;
}

/** Options of `simulate xsoar`. */
export interface SimulateXsoarOptions {
  host: string;
  port: number;
  key: string;
  keyId: string;
  /** ms */
  latency?: number;
  product: '8' | '6' | 'any';
  /** Child accounts. */
  tenant: string[];
  /** The key is an advanced one. */
  advanced: boolean;
}

/** `xsoar-intel simulate opencti`: a fake OpenCTI until it is told to end. */
export function simulateOpencti(options: SimulateOpenctiOptions): Promise<number> {
  const logger = createLogger({ level: 'info', name: 'fake-opencti', version });
  return runProcess({
    logger,
    shutdownMs: 5_000,
    async start() {
      const { host, port, token, streamId } = options;
      const opencti = await startFakeOpencti({ address: host, port, token, streamId });
      logger.info({ url: opencti.url, streamId }, 'fake OpenCTI is up; control routes under /sim');
      const playing = play(opencti, options);
      playing?.finished.then(
        (count) => logger.info({ events: count }, 'the feed has ended; the stream stays'),
        (error: unknown) => logger.error({ err: error }, 'the feed failed'),
      );
      return {
        async stop() {
          playing?.stop();
          await opencti.close();
        },
      };
    },
  });
}

function play(opencti: FakeOpencti, options: SimulateOpenctiOptions) {
  const { stix, events, rate, seed } = options;
  const speed = rate ? { ratePerSecond: rate } : {};
  if (stix !== undefined) return opencti.play(openStixFile(stix).feed, speed);
  if (events !== undefined) return opencti.play(generateFeed({ events, seed }), speed);
  return null;
}

/** `xsoar-intel simulate xsoar`: a fake XSOAR until it is told to end. */
export function simulateXsoar(options: SimulateXsoarOptions): Promise<number> {
  const logger = createLogger({ level: 'info', name: 'fake-xsoar', version });
  return runProcess({
    logger,
    shutdownMs: 5_000,
    async start() {
      const { host, port, key, keyId, latency, product, tenant: tenants, advanced } = options;
      const xsoar = await startFakeXsoar({
        address: host,
        port,
        product,
        tenants,
        keys: [{ id: keyId, key, type: advanced ? 'advanced' : 'standard' }],
        ...(latency === undefined ? {} : { latency: { default: latency } }),
      });
      logger.info({ url: xsoar.url }, 'fake XSOAR is up; control routes under /sim');
      return { stop: () => xsoar.close() };
    },
  });
}
