import type { OpenctiConfig } from '@xsoar-intel/config';
import { type OpenctiApi, OpenctiError } from '@xsoar-intel/opencti';
import type { Cursor } from '@xsoar-intel/pipeline';
import { visible } from '../../../terminal/visible.ts';
import { openctiTrouble } from '../opencti.ts';
import { clockFinding, measureSkew } from './clock.ts';
import { type Finding, failed, ok, skipped } from './finding.ts';
import { retentionFinding } from './retention.ts';
import { filterFinding } from './stream-filter.ts';

/** What is known before OpenCTI is asked. */
export interface OpenctiCase {
  api: OpenctiApi;
  opencti: OpenctiConfig;
  /** Null where this machine's configuration has none. */
  streamId: string | null;
  /** Null when there is none; undefined when Redis did not tell. */
  cursor: Cursor | null | undefined;
  /** `XSOAR_DELETE_MODE`; null where this machine has no worker's configuration. */
  deleteMode: string | null;
}

/** Asks OpenCTI, from what everything depends on to details. */
export async function examineOpencti(asked: OpenctiCase): Promise<Finding[]> {
  const { api, opencti } = asked;
  const url = opencti.url ?? '';
  const reached = await reach(api, url);
  if (reached.level === 'failed') return [reached];
  const token = await attempt('token', 'refused', async () => {
    const { name, email } = await api.me();
    return ok('token', visible(`of the user ${name}${email === null ? '' : ` (${email})`}`));
  });
  if (token.level === 'failed') return [reached, token];
  return [
    reached,
    token,
    ...(await stream(asked)),
    await retention(asked),
    clockFinding(
      await measureSkew(url, opencti),
      'The age of the cursor and of indicators is told by this machine’s clock, and FILTER_MAX_AGE goes by it.',
    ),
  ];
}

/** The version needs a token on some platforms: a refusal is an answer too. */
async function reach(api: OpenctiApi, url: string): Promise<Finding> {
  try {
    const { version } = await api.about();
    return ok('reachable', visible(`${url}, OpenCTI ${version}`));
  } catch (error) {
    if (error instanceof OpenctiError && ['unauthorized', 'forbidden'].includes(error.kind)) {
      return ok('reachable', url);
    }
    return failed('reachable', url, openctiTrouble(error));
  }
}

async function stream(asked: OpenctiCase): Promise<Finding[]> {
  const { api, streamId } = asked;
  if (streamId === null) return [skipped('stream', 'CONNECTOR_LIVE_STREAM_ID is not set')];
  const started = await attempt('stream', streamId, async () => {
    const found = await api.streamCollection(streamId);
    if (found === null) {
      return failed('stream', `there is no stream ${streamId}`, {
        why: 'The ingest is answered with 401 or 404 and reads nothing.',
        fix: 'Take the id from Data sharing > Live streams in OpenCTI, or give the user of OPENCTI_TOKEN access to it.',
      });
    }
    const name = visible(found.name);
    if (found.live) return ok('stream', `“${name}” is started`);
    return failed('stream', `“${name}” is stopped`, {
      why: 'A stopped stream is answered with 410 and sends nothing.',
      fix: 'Start it: Data sharing > Live streams in OpenCTI.',
    });
  });
  return started.level === 'ok' ? [started, await filter(asked, streamId)] : [started];
}

function filter({ api, deleteMode }: OpenctiCase, streamId: string): Promise<Finding> {
  return attempt('filter', 'unknown', async () => {
    const found = await ifOffered(() => api.streamFilter(streamId));
    return found === undefined ? skipped('filter', NOT_TOLD) : filterFinding(found, deleteMode);
  });
}

function retention({ api, cursor }: OpenctiCase): Promise<Finding> | Finding {
  if (cursor === undefined) return skipped('retention', 'the cursor is in Redis, which is away');
  return attempt('retention', 'unknown', async () => {
    const info = await ifOffered(() => api.redisStreamInfo());
    return info === undefined ? skipped('retention', NOT_TOLD) : retentionFinding(cursor, info);
  });
}

const NOT_TOLD = 'this version of OpenCTI does not tell';

/** Undefined where this version of the platform does not know the question. */
async function ifOffered<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof OpenctiError && error.kind === 'schema') return undefined;
    throw error;
  }
}

async function attempt(
  what: string,
  detail: string,
  look: () => Promise<Finding>,
): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return failed(what, detail, openctiTrouble(error));
  }
}
