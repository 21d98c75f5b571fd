import { randomUUID } from 'node:crypto';
import { generateFeed } from '@xsoar-intel/simulator';
import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { type Pipeline, startPipeline, type TestProcess } from '../e2e/pipeline.ts';
import { freePort } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { allOfRedis } from './all-of-redis.ts';
import { indicator, sse } from './odd-input.ts';
import { type WatchedProcess, watchProcess } from './watched-process.ts';

/** Each is found wherever it is written, in whatever spelling. */
const SECRETS = {
  openctiToken: 'marked-opencti-token-5f1c',
  wrongOpenctiToken: 'marked-wrong-token-77aa',
  customHeader: 'marked-custom-header-8d2e',
  xsoarKey: 'marked/xsoar+key"=31b9',
  wrongXsoarKey: 'marked/wrong+key"=90ce',
  redisPassword: 'marked-redis-password-c4d0',
  wrongRedisPassword: 'marked-wrong-redis-1e7f',
  boardPassword: 'marked-board-password-6ab2',
  guessedPassword: 'marked-guess-aa01',
};

/** Processes start slowly where many tests run beside this one. */
const PATIENCE = { timeoutMs: 60_000 };

/** A secret as logs, URLs, JSON and basic authentication may spell it. */
function spellings(secret: string): string[] {
  const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    base64(secret),
    base64(`admin:${secret}`),
  ];
}

/** The secrets that a text holds, by name. */
const secretsIn = (text: string): string[] =>
  Object.entries(SECRETS)
    .filter(([, secret]) => spellings(secret).some((spelling) => text.includes(spelling)))
    .map(([name]) => name);

let pipeline: Pipeline | undefined;
let watched: WatchedProcess[] = [];
let clients: { disconnect(): void }[] = [];
afterEach(async () => {
  await Promise.all(watched.map((one) => one.stop()));
  for (const client of clients) client.disconnect();
  await pipeline?.close();
  watched = [];
  clients = [];
});

/** Keeps what a process of the harness writes, also what is no JSON. */
function outputOf(started: TestProcess): () => string {
  let text = '';
  const keep = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  started.child.stdout?.on('data', keep);
  started.child.stderr?.on('data', keep);
  return () => text;
}

it('no secret is in any log, metric or key of Redis, whatever goes wrong (T1)', {
  timeout: 120_000,
}, async () => {
  const running = await startPipeline({
    opencti: { token: SECRETS.openctiToken },
    xsoar: { keys: [{ id: '17', key: SECRETS.xsoarKey }] },
  });
  pipeline = running;
  const reader = new Redis(running.redis.url);
  clients.push(reader);
  await reader.call(
    'ACL',
    'SETUSER',
    'app',
    'on',
    `>${SECRETS.redisPassword}`,
    '~*',
    '&*',
    '+@all',
  );
  const redisUrl = (password: string): string =>
    `redis://app:${password}@127.0.0.1:${running.redis.port}`;
  const redis = {
    REDIS_URL: redisUrl(SECRETS.redisPassword),
    CONNECTOR_LOG_LEVEL: 'debug',
  };

  const ingest = await running.ingest({
    ...redis,
    OPENCTI_CUSTOM_HEADERS: `X-Gate:${SECRETS.customHeader}`,
  });
  // Failures of many kinds at once must not open the circuit: its probes take their time.
  const worker = await running.worker({ ...redis, CIRCUIT_FAILURES: '1000' });
  const outputs = new Map<string, () => string>([
    ['ingest', outputOf(ingest)],
    ['worker', outputOf(worker)],
  ]);

  // Processes whose secrets are wrong say so, each over a connector of its own.
  const start = (
    name: string,
    command: string,
    environment: Readonly<Record<string, string>>,
  ): WatchedProcess => {
    const one = watchProcess(command, {
      CONNECTOR_ID: randomUUID(),
      LOG_FORMAT: 'json',
      CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: 'no',
      ...redis,
      ...environment,
    });
    watched.push(one);
    outputs.set(name, () => one.output());
    return one;
  };
  const opencti = {
    OPENCTI_URL: running.opencti.url,
    CONNECTOR_LIVE_STREAM_ID: running.opencti.streamId,
  };
  const refused = start('ingest with a wrong token', 'ingest', {
    ...opencti,
    OPENCTI_TOKEN: SECRETS.wrongOpenctiToken,
  });
  const locked = start('worker with a wrong Redis password', 'worker', {
    REDIS_URL: redisUrl(SECRETS.wrongRedisPassword),
    XSOAR_URL: running.xsoar.url,
    XSOAR_KEY_ID: '17',
    XSOAR_KEY: SECRETS.xsoarKey,
  });
  const mistaken = start('worker with a wrong configuration', 'worker', {
    REDIS_URL: `redis://app:${SECRETS.redisPassword}@127.0.0.1:port`,
    XSOAR_URL: `https://user:${SECRETS.xsoarKey}@xsoar.example`,
    XSOAR_KEY: SECRETS.xsoarKey,
    XSOAR_TIMEOUT: 'soon',
    OPENCTI_TOKEN: SECRETS.openctiToken,
  });
  const port = await freePort();
  const board = start('board', 'board', {
    BOARD_PORT: String(port),
    BOARD_USER: 'admin',
    BOARD_PASSWORD: SECRETS.boardPassword,
    CONNECTOR_ID: running.connectorId,
    METRICS_ENABLE: 'false',
  });

  // XSOAR fails in every way, and some gateways send back what they were sent.
  const echo = JSON.stringify({ error: `bad header Authorization: ${SECRETS.xsoarKey}` });
  for (const status of [400, 401, 409, 500, 503]) {
    running.xsoar.faults.add({ fault: { kind: 'status', status, body: echo }, times: 1 });
  }
  running.xsoar.faults.add({ fault: { kind: 'reset', when: 'after' }, times: 1 });
  await running.opencti.play(generateFeed({ events: 60, seed: 11 })).finished;
  // One that XSOAR refuses for good, and text that is no event: set aside with an excerpt.
  running.xsoar.faults.add({
    fault: { kind: 'status', status: 400, body: echo },
    value: 'refused.example',
  });
  const refusedPattern = { pattern: "[domain-name:value = 'refused.example']" };
  running.opencti.appendRaw(sse('create', indicator(refusedPattern)));
  running.opencti.appendRaw(sse('create', '{"version":'));
  await running.opencti.play(generateFeed({ events: 5, seed: 12 })).finished;
  const snapshot = await running.quiet();
  expect(snapshot.dead).toBeGreaterThan(0);

  await until(
    'the board is served',
    () => board.output().includes('the board is served'),
    PATIENCE,
  );
  const ask = async (path: string, password: string, status: number): Promise<string> => {
    const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization } });
    const text = await answer.text();
    expect(answer.status, path).toBe(status);
    return text;
  };
  for (const path of ['/', `/?password=${SECRETS.guessedPassword}`]) {
    expect(secretsIn(await ask(path, SECRETS.guessedPassword, 401)), path).toEqual([]);
  }
  await ask(`/?password=${SECRETS.boardPassword}`, SECRETS.boardPassword, 200);
  // All that repeats what a gateway sent back, the key among it.
  const [letter] = await running.queue.getFailed(0, 0);
  for (const path of [
    '/',
    '/status.json',
    '/queue/api/queues?activeQueue=delivery&status=failed&page=1&jobsPerPage=10',
    `/queue/api/queues/delivery/${letter?.id}`,
  ]) {
    const text = await ask(path, SECRETS.boardPassword, 200);
    expect(text, path).toContain('bad header');
    expect(secretsIn(text), path).toEqual([]);
  }
  // A worker with a wrong key, over what the first left: only now, since its hold is everybody's.
  const wrongWorker = await running.worker({ ...redis, XSOAR_KEY: SECRETS.wrongXsoarKey });
  outputs.set('worker with a wrong key', outputOf(wrongWorker));
  await worker.end('SIGTERM');
  await running.opencti.play(generateFeed({ events: 5, seed: 13 })).finished;
  await until(
    'the wrong key is refused',
    () => outputs.get('worker with a wrong key')?.().includes('deliveries are held'),
    PATIENCE,
  );
  await until(
    'the wrong token is refused',
    () => refused.output().includes('unauthorized'),
    PATIENCE,
  );
  await until(
    'the wrong password is refused',
    () => locked.output().includes('WRONGPASS'),
    PATIENCE,
  );
  await until('the mistakes are told', () => mistaken.output().includes('XSOAR_TIMEOUT'), PATIENCE);

  const held = await allOfRedis(reader);
  const metrics = new Map([
    ['ingest', await ingest.metrics()],
    ['worker', await wrongWorker.metrics()],
  ]);

  // What is looked through is what it should be: logs of failures, dead letters, metrics.
  expect(outputs.get('worker')?.()).toContain('dead letter: ');
  expect([...held.values()].join('\n')).toContain('bad header');
  expect(metrics.get('ingest')).toContain('xsoar_intel_events_total');

  const found: string[] = [];
  const look = (where: string, text: string): void => {
    for (const name of secretsIn(text)) found.push(`${name} in ${where}`);
  };
  for (const [name, output] of outputs) look(`the log of ${name}`, output());
  for (const [name, text] of metrics) look(`the metrics of ${name}`, text);
  for (const [key, content] of held) look(`Redis: ${key}`, key + content);
  expect(found).toEqual([]);
});
