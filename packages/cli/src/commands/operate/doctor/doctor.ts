/** Asks every system that is configured here whether the configuration works with it. */
import { type ConfigOf, loadConfig, type Role } from '@xsoar-intel/config';
import { type Cursor, connectRedis, keysOf, parseCursor, type Redis } from '@xsoar-intel/pipeline';
import type { WriteProbeReport } from '@xsoar-intel/xsoar';
import { EXIT } from '../../../exit-code.ts';
import { CommandError, loadFor } from '../../../load.ts';
import { redisAddress } from '../../../settings.ts';
import { openScreen } from '../../../terminal/screen.ts';
import { visibleJson } from '../../../terminal/visible.ts';
import { openctiOf } from '../opencti.ts';
import type { OperatorOptions } from '../session.ts';
import { within } from '../within.ts';
import { type Examination, type Finding, skipped } from './finding.ts';
import { keepAnswers } from './keep-answers.ts';
import { examinationLines } from './lines.ts';
import { examineOpencti } from './opencti-checks.ts';
import { examineRedis } from './redis-checks.ts';
import { examineXsoar } from './xsoar-checks.ts';

/** Options of `doctor`. */
export interface DoctorOptions extends OperatorOptions {
  json?: boolean;
  /** Also create an indicator in XSOAR and delete it again. */
  write?: boolean;
  /** Also find out, by writing, how this XSOAR answers. */
  xsoarWriteProbe?: boolean;
}

/** `xsoar-intel doctor`. */
export async function doctor(options: DoctorOptions): Promise<number> {
  // Mistakes of the configuration come first, as "check" tells them.
  const { config, shown } = loadFor(['operator', 'explain'], options.config);
  const ingest = roleIfSet('ingest', options.config);
  const worker = roleIfSet('worker', options.config);
  const screen = openScreen();

  let trouble: Error | null = null;
  const redis = connectRedis(redisAddress(config), 'doctor', (error) => {
    trouble = error;
  });
  const examinations: Examination[] = [];
  try {
    const findings = await examineRedis(redis, shown('REDIS_URL') ?? '', () => trouble);
    examinations.push({ of: 'Redis', findings });
    const away = findings.some(({ what, level }) => what === 'reachable' && level === 'failed');
    const cursor = away ? undefined : await cursorOf(redis, config.connector.id);

    const api = openctiOf(config.opencti);
    if (api === null) {
      const missing = config.opencti.url === null ? 'OPENCTI_URL' : 'OPENCTI_TOKEN';
      examinations.push({ of: 'OpenCTI', findings: [notSet(missing)] });
    } else {
      const streamId = ingest.config?.stream.id ?? null;
      const { opencti } = config;
      const deleteMode = worker.config?.worker.removal.mode ?? null;
      examinations.push({
        of: 'OpenCTI',
        findings: await examineOpencti({ api, opencti, streamId, cursor, deleteMode }),
      });
      await api.close();
    }
    if (worker.config === null) {
      examinations.push({ of: 'XSOAR', findings: [notSet(worker.missing.join(' and '))] });
    } else {
      const keys = keysOf(config.connector.id);
      const keep = (report: WriteProbeReport) => keepAnswers(redis, keys, report, Date.now());
      const probe = options.xsoarWriteProbe === true ? keep : null;
      const tries = { write: options.write === true, probe };
      examinations.push(...(await examineXsoar(worker.config, tries)));
    }
  } finally {
    redis.disconnect();
  }
  const sick = examinations.some(({ findings }) =>
    findings.some(({ level }) => level === 'failed'),
  );
  if (options.json) screen.line(visibleJson({ ok: !sick, examinations }));
  else for (const line of examinationLines(examinations, screen.paint)) screen.line(line);
  await screen.flush();
  return sick ? EXIT.failed : EXIT.fine;
}

const notSet = (names: string): Finding =>
  skipped('everything', `${names} not set: this machine does not speak to it`);

/**
 * The configuration of a role where this machine has it: what is simply not set belongs to another
 * machine. Throws a CommandError (exit 78) for what is set and wrong.
 */
function roleIfSet<R extends Role>(
  role: R,
  configFile: string | undefined,
): { config: ConfigOf<R> | null; missing: string[] } {
  const loaded = loadConfig(role, {
    env: process.env,
    cwd: process.cwd(),
    ...(configFile === undefined ? {} : { configFile }),
  });
  if (loaded.ok) return { config: loaded.config, missing: [] };
  const wrong = loaded.problems.filter(({ source }) => source !== null);
  if (wrong.length > 0) {
    const lines = wrong.map(({ message }) => `  ${message}`);
    throw new CommandError(['The configuration is wrong:', ...lines].join('\n'), EXIT.config);
  }
  return { config: null, missing: loaded.problems.map(({ variable }) => variable) };
}

/** The cursor; null when there is none or it cannot be read as one, undefined when Redis is away. */
async function cursorOf(redis: Redis, connectorId: string): Promise<Cursor | null | undefined> {
  try {
    const stored = await within(5_000, redis.get(keysOf(connectorId).cursor));
    return parseCursor(stored ?? '');
  } catch {
    return redis.status === 'ready' ? null : undefined;
  }
}
