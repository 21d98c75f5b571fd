/** `xsoar-intel audit`: one indicator from one end to the other, with a verdict in words. */
import { OpenctiError } from '@xsoar-intel/opencti';
import { XsoarError } from '@xsoar-intel/xsoar';
import { EXIT } from '../../exit-code.ts';
import { CommandError, loadFor } from '../../load.ts';
import { openReconcileParts } from '../../reconciliation/parts.ts';
import type { Paint } from '../../terminal/paint.ts';
import { openScreen } from '../../terminal/screen.ts';
import { excerpt, visible, visibleJson } from '../../terminal/visible.ts';
import { type OperatorOptions, withLoadedSession } from '../operate/session.ts';
import { type AuditVerdict, auditVerdict } from './audit-verdict.ts';
import { type AuditFacts, auditFacts } from './facts.ts';

/** Columns of the names at the left. */
const NAME = 12;

/** Audits. Exit codes: 0 right or on the way, 1 wrong. */
export function audit(id: string, options: OperatorOptions & { json?: boolean }): Promise<number> {
  const loaded = loadFor(['ingest', 'worker', 'operator'], options.config);
  return withLoadedSession(loaded, async (session) => {
    const screen = openScreen();
    const { parts, close } = openReconcileParts(loaded.config, session);
    try {
      const facts = await auditFacts(parts, id);
      const verdict = auditVerdict(facts);
      if (options.json) screen.line(visibleJson({ verdict, ...facts }));
      else for (const line of auditLines(facts, verdict, screen.paint)) screen.line(line);
      await screen.flush();
      return verdict.kind === 'wrong' ? EXIT.failed : EXIT.fine;
    } catch (error) {
      if (!(error instanceof XsoarError) && !(error instanceof OpenctiError)) throw error;
      throw new CommandError(`It cannot be judged: ${visible(error.message)}`);
    } finally {
      await close();
    }
  });
}

function auditLines(facts: AuditFacts, verdict: AuditVerdict, paint: Paint): string[] {
  const tone = { right: paint.good, 'on-the-way': paint.warn, wrong: paint.bad }[verdict.kind];
  const row = (title: string, text: string): string => `  ${title.padEnd(NAME)}${text}`;
  const { entityId, stixId, name, inOpencti, inStream, standing, version, job, binding } = facts;
  const remembered =
    binding === null
      ? 'nothing'
      : `version ${binding.version ?? 'none'}, values: ${binding.values.map(visible).join(', ') || 'none'}`;
  return [
    paint.strong(tone(excerpt(verdict.words, 300))),
    ...(verdict.next === null ? [] : [`  next: ${visible(verdict.next)}`]),
    '',
    row('OpenCTI', inOpencti ? excerpt(name ?? stixId ?? entityId, 80) : 'does not have it'),
    ...(inStream === false ? [row('Stream', 'does not have it')] : []),
    row('Entity', visible(entityId)),
    row('STIX id', stixId === null ? 'not known' : visible(stixId)),
    row('Delivery', `${standing}, version ${version ?? 'none'}`),
    row('Job', job === null ? 'none' : `${visible(job.id)}, ${job.state}`),
    row('Applied', remembered),
    ...(facts.leftOut === null ? [] : [row('Left out', visible(facts.leftOut))]),
    ...facts.values.map(({ type, value, verdict: kind, fields, object }) => {
      const held =
        object === null
          ? ''
          : `, id ${visible(object.id)}, version ${visible(String(object.version))}`;
      const differs = fields.length === 0 ? '' : `: ${fields.map(visible).join(', ')}`;
      return row('XSOAR', `${visible(type)} ${excerpt(value, 60)}${held}: ${kind}${differs}`);
    }),
    ...facts.unwanted.map(({ type, value, id: held }) =>
      row('XSOAR', `${visible(type)} ${excerpt(value, 60)}, id ${visible(held)}: not wanted`),
    ),
    ...facts.kept.map(({ type, value, id: held }) =>
      row('XSOAR', `${visible(type)} ${excerpt(value, 60)}, id ${visible(held)}: kept on purpose`),
    ),
  ];
}
