import type { WorkerConfig } from '@xsoar-intel/config';
import {
  adviceForStatus,
  createXsoarClient,
  type WriteProbeReport,
  type XsoarApi,
  XsoarError,
} from '@xsoar-intel/xsoar';
import { workerSettings } from '../../../settings.ts';
import { visible } from '../../../terminal/visible.ts';
import { answerFindings, examineAnswers } from './answer-checks.ts';
import { clockFinding, measureSkew } from './clock.ts';
import { type Examination, type Finding, failed, ok } from './finding.ts';
import { examineLists } from './list-checks.ts';
import { examineWrites, writeNotTried } from './write-check.ts';

/** Longest wait for the probe, in ms: an operator waits. */
const TIMEOUT_MS = 15_000;

/**
 * Asks XSOAR with a search that finds nothing: it checks address, key and the right to read.
 * @param tries.write also create an indicator and delete it again
 * @param tries.probe also find out, by writing, how this XSOAR answers; what it found is
 *   given to it, and what comes back is a finding about that
 */
export async function examineXsoar(config: WorkerConfig, tries: Tries): Promise<Examination[]> {
  const answers: Finding[] = [];
  const findings = await findingsOf(config, tries, answers);
  return [
    { of: 'XSOAR', findings },
    ...(answers.length > 0 ? [{ of: 'XSOAR, by writing', findings: answers } as const] : []),
  ];
}

interface Tries {
  write: boolean;
  /** Null: not wanted. */
  probe: ((report: WriteProbeReport) => Promise<Finding>) | null;
}

async function findingsOf(
  config: WorkerConfig,
  tries: Tries,
  answers: Finding[],
): Promise<Finding[]> {
  const { xsoar } = config;
  const settings = workerSettings(config);
  let client: ReturnType<typeof createXsoarClient>;
  try {
    client = createXsoarClient({
      ...settings.xsoar,
      timeoutMs: Math.min(settings.xsoar.timeoutMs, TIMEOUT_MS),
      connections: 1,
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const fix = 'Put XSOAR_URL, XSOAR_KEY or the proxy variables right.';
    return [failed('address and key', xsoar.url, { why: visible(error.message), fix })];
  }
  const { endpoint } = client;
  const where = `${endpoint.origin}${endpoint.basePath}`;
  const api = endpoint.api === '6' ? 'XSOAR 6' : `XSOAR 8 (${endpoint.api})`;
  const skew = measureSkew(xsoar.url, xsoar);
  try {
    await client.probe();
    if (tries.probe !== null) {
      const report = await examineAnswers(client);
      answers.push(...answerFindings(report), await tries.probe(report));
    }
    return [
      ok('reachable', `${where}, spoken to as ${api}`),
      ok('key', `accepted as a ${client.keyType} key; it may search`),
      ...(await examineLists(client, settings.needs)),
      tries.write ? await examineWrites(client) : writeNotTried,
      clockFinding(await skew, 'XSOAR refuses advanced keys when clocks differ by minutes.'),
    ];
  } catch (error) {
    if (!(error instanceof XsoarError)) throw error;
    const refused = error.status === 401 || error.status === 402 || error.status === 403;
    const meaning = { why: visible(error.message), fix: fixOf(error, endpoint.api) };
    return [
      refused
        ? ok('reachable', `${where}, spoken to as ${api}`)
        : failed('reachable', `${where}, spoken to as ${api}`, meaning),
      ...(refused ? [failed('key', `refused with ${error.status}`, meaning)] : []),
      clockFinding(await skew, 'XSOAR refuses advanced keys when clocks differ by minutes.'),
    ];
  } finally {
    await client.close();
  }
}

/** The error's own words tell what is wrong; this is where to turn. */
export function fixOf(
  error: Pick<XsoarError, 'kind' | 'status' | 'errorId'>,
  api: XsoarApi,
): string {
  const { kind, status, errorId } = error;
  if (kind === 'network' || kind === 'timeout') {
    return 'Check XSOAR_URL, and whether this machine reaches it (DNS, firewall, proxy, certificate).';
  }
  if (kind === 'redirect' || kind === 'not-json' || kind === 'bad-answer' || status === 404) {
    return 'Check XSOAR_URL and XSOAR_API: "Copy API URL" on the page of API keys in XSOAR gives the address.';
  }
  if (status === 401 || status === 403) {
    return 'Check XSOAR_KEY, XSOAR_KEY_ID and XSOAR_KEY_TYPE; make a new key in Settings > API keys if in doubt.';
  }
  if (status === 429) return 'Wait, and look again.';
  if (status === 402 || status === 405 || status === 407 || status === 500) {
    const advice = adviceForStatus(status, { api, hasErrorId: errorId !== undefined });
    if (advice !== '') return `${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`;
  }
  return 'See the health of XSOAR and of proxies before it.';
}
