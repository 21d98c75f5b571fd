/**
 * Finds out how a tenant answers what public facts leave open, on one domain
 * that cannot exist:
 *
 *   create ─▶ look ─▶ create again ─▶ edit: right, stale, without version, in part,
 *     with unknown fields, of an unknown id ─▶ create with an unknown type ─▶ delete:
 *     with an empty filter, with a query, of what is absent ─▶ create again ─▶ feed of
 *     nothing ─▶ delete by value ─▶ delete ─▶ look
 *
 * Whatever happens, what is found of the value at the end is deleted.
 */
import { randomBytes } from 'node:crypto';
import type { IocObject } from '../indicator.ts';
import { type Patience, realPatience } from '../writer/patience.ts';
import { XsoarError } from '../xsoar-error.ts';
import { createProbeAnswers, type ProbeAnswers } from './answers.ts';
import {
  PROBE_QUESTIONS,
  type ProbeQuestion,
  UNPROBED_QUESTIONS,
  type WriteProbeReport,
} from './report.ts';
import { objectOf, type ProbeClient, ProbeSession } from './session.ts';

/** All have defaults. */
export interface WriteProbeOptions {
  /** Longest wait for a write to show in a search, ms. Default 20 000. */
  maxIndexLagMs?: number;
  /** Clock, random and sleep. */
  patience?: Patience;
  /** Part of the probe's value; random by default, so that probes do not meet. */
  token?: string;
  signal?: AbortSignal;
}

/**
 * Probes a tenant by writing. Some thirty requests; never throws for what XSOAR
 * or the network does, see `failure` in the report.
 */
export async function probeWrites(
  client: ProbeClient,
  options: WriteProbeOptions = {},
): Promise<WriteProbeReport> {
  const { maxIndexLagMs = 20_000, patience = realPatience, signal } = options;
  const token = options.token ?? randomBytes(6).toString('hex');
  // Capitals, to see whether values are normalised.
  const value = `XSOAR-Intel-Probe-${token}.invalid`;
  const session = new ProbeSession(client, value, { patience, maxLagMs: maxIndexLagMs, signal });
  const answers = createProbeAnswers();
  let failure: string | null = null;
  try {
    await ask(session, answers, { now: patience.now, token, maxIndexLagMs });
  } catch (error) {
    if (!(error instanceof XsoarError)) throw error;
    failure = error.message;
  }
  const { origin, basePath, api } = client.endpoint;
  const asked = new Set(answers.list.map(({ question }) => question));
  const questions = Object.keys(PROBE_QUESTIONS) as ProbeQuestion[];
  return {
    value,
    address: `${origin}${basePath}`,
    api,
    answers: answers.list,
    unanswered: questions.filter((question) => !asked.has(question)),
    unprobed: UNPROBED_QUESTIONS,
    failure,
    cleanedUp: await cleanUp(session),
  };
}

const FIELDS = { tags: ['xsoar-intel-probe'], description: 'Made by xsoar-intel doctor' };

async function ask(
  session: ProbeSession,
  answers: ProbeAnswers,
  { now, token, maxIndexLagMs }: { now(): number; token: string; maxIndexLagMs: number },
): Promise<void> {
  const hint = `xsoar-intel-probe-${token}`;
  const first = await session.create({ id: hint, score: 1, CustomFields: FIELDS });
  const created = objectOf(first);
  answers.create(first, created);
  if (created === null) return;
  answers.clientId(created, hint);
  answers.storedValue(created, session.value);

  const begun = now();
  const seen = await session.wait(async () => (await session.byValue())[0] ?? null);
  answers.indexLag(seen === null ? null : now() - begun, maxIndexLagMs);
  if (seen === null) return;

  const known = await askOfDuplicates(session, answers, created);
  const edited = await askOfEdits(session, answers, known);
  if (edited !== null) {
    await askOfFields(session, answers, edited);
    const absent = { ...edited, id: `absent-${token}`, version: 1, score: 1 };
    answers.unknownId(await session.edit(absent));
  }
  const odd = await session.createOfUnknownType();
  answers.unknownType(odd);
  const oddId = objectOf(odd)?.id;
  // Else it could hide from the search of the clean-up, which the index may be behind.
  if (oddId !== undefined) await session.wait(() => session.byId(oddId));
  await askOfDeletes(session, answers, created.id);
  answers.offered('feed', await session.feedNothing());
  answers.offered('whitelist', await session.deleteByValue());
}

async function askOfDuplicates(
  session: ProbeSession,
  answers: ProbeAnswers,
  created: IocObject,
): Promise<IocObject> {
  const again = await session.create({ score: 2, CustomFields: { tags: ['probe-again'] } });
  const answered = objectOf(again);
  const after =
    answered === null || answered.id !== created.id
      ? created
      : ((await session.settled(created.id, answered.version)) ?? answered);
  answers.duplicate(again, answered, created, after);
  return after;
}

async function askOfEdits(
  session: ProbeSession,
  answers: ProbeAnswers,
  before: IocObject,
): Promise<IocObject | null> {
  const right = await session.edit({ ...before, score: 3 });
  const edited = objectOf(right);
  answers.edit(right, edited, before);
  // On a path that has no edit, all other answers would be about the path.
  if (edited === null) return null;
  const stale = await session.edit({ ...edited, version: edited.version - 1, score: 1 });
  answers.staleVersion(stale);
  let current = objectOf(stale) ?? edited;

  const { version: _, ...unversioned } = current;
  const missing = await session.edit({ ...unversioned, score: 2 });
  answers.missingVersion(missing);
  current = objectOf(missing) ?? current;

  const { id, version, value, indicator_type } = current;
  const partial = await session.edit({ id, version, value, indicator_type, score: 3 });
  const partly = objectOf(partial);
  if (partly === null) return current;
  const after = (await session.settled(id, partly.version)) ?? partly;
  answers.partialEdit(after);
  return after;
}

async function askOfFields(
  session: ProbeSession,
  answers: ProbeAnswers,
  before: IocObject,
): Promise<void> {
  let current = before;
  const unknown = await session.edit({
    ...current,
    CustomFields: { ...current.CustomFields, ...FIELDS, xsoarintelprobe: 'x' },
  });
  const stored = objectOf(unknown);
  const shown = stored && ((await session.settled(stored.id, stored.version)) ?? stored);
  answers.unknownField(unknown, shown);
  current = shown ?? current;
  const server = await session.edit({
    ...current,
    sourceBrands: ['xsoar-intel-probe'],
    manuallyEditedFields: ['score'],
  });
  const taken = objectOf(server);
  if (taken !== null) {
    answers.serverFields((await session.settled(taken.id, taken.version)) ?? taken);
  }
}

async function askOfDeletes(
  session: ProbeSession,
  answers: ProbeAnswers,
  id: string,
): Promise<void> {
  const empty = await session.deleteByEmptyFilter(id);
  const gone = updatedIds(empty).includes(id);
  answers.emptyFilterDelete(empty, gone);
  let target = id;
  if (gone) {
    const anew = objectOf(await session.create({ score: 1 }));
    if (anew === null) return;
    await session.wait(() => session.byId(anew.id));
    target = anew.id;
  }
  const deleted = await session.delete(target);
  answers.delete(deleted, updatedIds(deleted).includes(target));
  if (!updatedIds(deleted).includes(target)) return;
  await session.wait(async () => ((await session.byId(target)) === null ? 'gone' : null));
  answers.absentDelete(await session.delete(target));

  const again = await session.create({ score: 1 });
  answers.recreate(again, objectOf(again));
}

function updatedIds(attempt: Awaited<ReturnType<ProbeSession['delete']>>): string[] {
  const ids = attempt.kind === 'taken' ? Object(attempt.body).updatedIds : null;
  return Array.isArray(ids) ? ids.map(String) : [];
}

/** Deletes whatever the index shows of the probe, until it shows nothing. */
async function cleanUp(session: ProbeSession): Promise<boolean> {
  try {
    const clean = await session.wait(async () => {
      const left = [...(await session.byValue()), ...(await session.byValue(session.oddValue))];
      for (const { id } of left) await session.delete(id);
      return left.length === 0 ? true : null;
    });
    return clean === true;
  } catch (error) {
    if (!(error instanceof XsoarError)) throw error;
    return false;
  }
}
