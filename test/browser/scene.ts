import { createHash } from 'node:crypto';
import { generateFeed, type Operation } from '@xsoar-intel/simulator';
import type { Pipeline } from '../e2e/pipeline.ts';
import { until } from '../support/until.ts';

/** Runs as soon as a page takes it for markup. */
const MARKUP = `<img src=x onerror="document.title='taken over'">`;
/** An indicator value from a hostile feed; a URL may hold anything. */
export const HOSTILE_VALUE = `https://evil.example/${MARKUP}`;
/** What XSOAR says to it: it repeats what it was sent. */
export const HOSTILE_ANSWER = `cannot store ${MARKUP}`;
/** Indicators of a type that XSOAR does not have. */
export const MUTEXES = ['Local\\UpdaterSession', 'Global\\svc-4471', 'qbot-7d2f', 'MSCTF.Asm.Q2'];
/** The proxy in front of XSOAR finds what belongs to it too large. */
export const LARGE_DOMAIN = 'cdn-sync.example';

/** XSOAR that works again for one of the kinds of trouble, or for all. */
export interface Scene {
  repairHostileValue(): void;
  repairAll(): void;
}

/**
 * A connector at work: a hundred indicators are delivered, one event is set
 * aside, and three kinds of dead letters wait. Ingest and worker have to run.
 */
export async function playScene({ opencti, xsoar, snapshot }: Pipeline): Promise<Scene> {
  const create = ['create'];
  const hostile = xsoar.faults.add({
    operations: create,
    value: 'onerror=',
    fault: refusal(HOSTILE_ANSWER),
  });
  xsoar.faults.add({
    operations: create,
    value: '"indicator_type":"Mutex"',
    fault: refusal('Could not find indicator type "Mutex"'),
  });
  xsoar.faults.add({
    operations: create,
    value: LARGE_DOMAIN,
    fault: { kind: 'status', status: 413 },
  });

  const types = ['IPv4-Addr', 'Domain-Name', 'StixFile', 'Url'];
  await opencti.play(generateFeed({ entities: 100, events: 150, seed: 5, types })).finished;
  for (const name of MUTEXES) opencti.append(indicator('mutex:name', name));
  opencti.append(indicator('domain-name:value', LARGE_DOMAIN));
  opencti.appendRaw('id: {id}\nevent: update\ndata: <html><script>alert(1)</script>\n\n');
  opencti.append(indicator('url:value', HOSTILE_VALUE));

  await until(
    'the dead letters are there and all else is delivered',
    async () => {
      const { dead, pending, rejected } = await snapshot();
      return dead === MUTEXES.length + 2 && pending === 0 && rejected === 1;
    },
    { timeoutMs: 30_000, everyMs: 100 },
  );
  return {
    repairHostileValue: () => void xsoar.faults.remove(hostile),
    repairAll: () => xsoar.faults.clear(),
  };
}

/** The way in which XSOAR refuses a request. */
function refusal(error: string) {
  const detail = 'The request could not be carried out';
  const body = { id: 'bad_request', status: 400, title: 'Bad request', detail, error };
  return {
    kind: 'status',
    status: 400,
    contentType: 'application/json',
    body: JSON.stringify(body),
  } as const;
}

/** A new indicator with one value at `path`; its ids follow from the value. */
function indicator(path: string, value: string): Operation {
  const hex = createHash('sha256').update(value).digest('hex');
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  const at = new Date().toISOString();
  const literal = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return {
    kind: 'create',
    object: {
      id: `indicator--${uuid}`,
      spec_version: '2.1',
      type: 'indicator',
      extensions: {
        'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba': {
          extension_type: 'property-extension',
          id: uuid,
          type: 'Indicator',
          created_at: at,
          updated_at: at,
          is_inferred: false,
          score: 80,
        },
      },
      created: at,
      modified: at,
      valid_from: at,
      revoked: false,
      confidence: 80,
      name: value,
      pattern: `[${path} = '${literal}']`,
      pattern_type: 'stix',
    },
  };
}
