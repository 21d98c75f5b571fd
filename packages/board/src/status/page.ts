import {
  type ConnectorStatus,
  DEAD_ADVICE,
  type DeadLetterCause,
  type DeadLetterGroup,
  type DeadLetterSummary,
  HOLD_ADVICE,
  type SetAside,
  type Verdict,
  words,
} from '@xsoar-intel/pipeline';
import { type Content, type Html, html } from './html.ts';
import { foreign, moment } from './words.ts';

const { count, counted, duration, instant } = words;

/** What the page says beside the status. */
export interface PageContext {
  /** Who looks; null where nobody has to log in. */
  user: string | null;
  actions: boolean;
}

/** Where Bull Board shows the delivery queue. */
export const JOBS_PATH = '/queue/queue/delivery';

/** Everything around the content, which the script of the page renews by itself. */
function page(title: string, level: Verdict['level'], main: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · xsoar-intel</title>
<link rel="icon" type="image/svg+xml" href="/favicon-${level}.svg">
<link rel="stylesheet" href="/status.css">
<script defer src="/status.js"></script>
<noscript><meta http-equiv="refresh" content="10"></noscript>
</head>
<body>
<a class="skip" href="#status">Skip to the status</a>
<header>
<a class="name" href="/">xsoar-intel</a>
<nav>
<a href="${JOBS_PATH}?status=failed">Dead letters</a>
<a href="${JOBS_PATH}">Jobs</a>
<button type="button" id="pause-updates" aria-pressed="false" hidden>Pause updates</button>
</nav>
</header>
<p id="stale" role="status" hidden></p>
<p id="news" class="unseen" aria-live="polite"></p>
${main}
</body>
</html>
`.markup;
}

/** The status page. */
export function renderStatus(
  status: ConnectorStatus,
  verdict: Verdict,
  context: PageContext,
): string {
  const now = Date.parse(status.readAt);
  return page(
    verdict.headline,
    verdict.level,
    html`<main id="status" tabindex="-1">
${verdictBlock(verdict)}
${figures(status, now)}
${holdsSection(status, now)}
${retryingSection(status)}
${deadLettersSection(status, now)}
${workersSection(status, now)}
${setAsideSection(status, now)}
${actionsSection(status, now)}
${footer(status, context, now)}
</main>`,
  );
}

/** What is shown while the status cannot be read. `reason` is never a secret. */
export function renderUnreadable(reason: string): string {
  return page(
    'Status unknown',
    'trouble',
    html`<main id="status" tabindex="-1">
<section class="verdict trouble">
<h1>The status cannot be read.</h1>
<p>${foreign(reason)}</p>
<p class="muted">The board tries again by itself.</p>
</section>
</main>`,
  );
}

function verdictBlock({ level, headline, detail, problems }: Verdict): Html {
  const others = problems.slice(1);
  return html`<section class="verdict ${level}">
<h1>${headline}</h1>
<p>${detail}</p>
${
  others.length > 0
    ? html`<ul>${others.map((problem) => html`<li class="${problem.level}"><strong>${problem.what}</strong> ${problem.action}</li>`)}</ul>`
    : null
}
</section>`;
}

function figure(label: string, value: Content, notes: readonly Content[], alarm = false): Html {
  return html`<div class="figure${alarm ? ' alarm' : ''}">
<dt>${label}</dt>
<dd class="value">${value}</dd>
${notes.filter((note) => note !== null).map((note) => html`<dd class="note">${note}</dd>`)}
</div>`;
}

function figures(status: ConnectorStatus, now: number): Html {
  const { stream, pending, pace, jobs, rates, workers, deadLetters } = status;
  return html`<dl class="figures">
${figure(
  'Stream read up to',
  stream.cursorAt ? moment(Date.parse(stream.cursorAt), now) : stream.cursor ? 'start' : 'not read',
  [
    stream.ingestActive ? 'ingest active' : 'no ingest',
    stream.standingBy === 0 ? null : `${count(stream.standingBy)} standing by`,
    stream.told?.heldBack ? html`held back: ${foreign(stream.told.heldBack)}` : null,
    stream.told?.name ? html`called ${foreign(stream.told.name)} in OpenCTI` : null,
    stream.cursor ? html`cursor <code>${foreign(stream.cursor)}</code>` : null,
    stream.recoverUntil ? html`catch-up until ${foreign(stream.recoverUntil)}` : null,
    pace?.caughtUpInMs ? `caught up in ${duration(pace.caughtUpInMs)}` : null,
  ],
  !stream.ingestActive,
)}
${figure('Pending', count(pending.entities), [
  pending.oldestMs === null ? 'nothing waits' : `oldest ${duration(pending.oldestMs)}`,
  pace && pace.pendingPerMinute !== 0 ? perMinute(pace.pendingPerMinute) : null,
  pace?.emptyInMs ? `empty in ${duration(pace.emptyInMs)}` : null,
])}
${rates === null ? null : figure('Delivered', `${count(rates.last1)}/min`, [`in the last minute`, `${count(rates.last5)}/min over 5 min`, `${count(rates.last15)}/min over 15 min`])}
${figure('Jobs', count(jobs.waiting + jobs.active + jobs.delayed), [
  `${count(jobs.active)} active`,
  `${count(jobs.waiting)} waiting`,
  `${count(jobs.delayed)} delayed`,
])}
${figure('Workers', count(workers.length), [workers.length === 0 ? 'none alive' : 'alive'], workers.length === 0)}
${figure(
  'Dead letters',
  count(deadLetters.total),
  [
    deadLetters.total === 0
      ? 'none'
      : html`<a id="all-dead" href="${JOBS_PATH}?status=failed">all of them</a>`,
  ],
  deadLetters.total > 0,
)}
${reconciledFigure(status, now)}
</dl>`;
}

function reconciledFigure({ reconciled }: ConnectorStatus, now: number): Html | null {
  if (reconciled === null) return null;
  const { drift, unrepaired } = reconciled;
  const { missing, stale, foreign, extra } = drift;
  return figure(
    'Differences from OpenCTI',
    count(missing + stale + foreign + extra),
    [
      html`looked for ${moment(Date.parse(reconciled.endedAt), now)}`,
      ...Object.entries(drift)
        .filter(([, number]) => number > 0)
        .map(([kind, number]) => `${count(number)} ${kind}`),
      unrepaired > 0 ? 'not repaired' : null,
    ],
    unrepaired > 0,
  );
}

function perMinute(change: number): string {
  return `${change > 0 ? '+' : '−'}${count(Math.abs(change))} per minute`;
}

function holdsSection({ holds }: ConnectorStatus, now: number): Html | null {
  if (holds.length === 0) return null;
  return html`<section>
<h2>Holds</h2>
<ul class="rows">${holds.map(
    (hold) => html`<li>
<p class="head"><span class="tag">${hold.kind}</span> ${HOLD_ADVICE[hold.kind].what}</p>
<p class="message">${foreign(hold.reason)}</p>
<p class="muted">opened ${moment(hold.since, now)} · ${
      hold.until === null
        ? 'until somebody resumes'
        : hold.until > now
          ? html`next probe ${moment(hold.until, now)}`
          : 'a probe may go now'
    } · by ${foreign(hold.by)}${hold.times > 1 ? ` · ${count(hold.times)} times in a row` : null}</p>
</li>`,
  )}</ul>
</section>`;
}

function retryingSection({ retrying: { groups, looked }, jobs }: ConnectorStatus): Html | null {
  if (groups.length === 0) return null;
  return html`<section>
<h2>Deliveries that are tried again</h2>
<p class="muted">They failed, and go again by themselves; what keeps failing becomes a dead letter.${jobs.delayed > looked ? ` Of ${count(jobs.delayed)} delayed jobs, the ${count(looked)} that go next:` : null}</p>
<ul class="rows">${groups.map(
    ({ reason, count: size, message }) => html`<li>
<p class="head"><span class="tag">${foreign(reason, 40)}</span> <span class="count">${count(size)}</span></p>
<p class="message">${foreign(message)}</p>
</li>`,
  )}</ul>
</section>`;
}

function deadLettersSection({ deadLetters }: ConnectorStatus, now: number): Html | null {
  const { total, looked, groups } = deadLetters;
  if (groups.length === 0) return null;
  return html`<section>
<h2>Dead letters</h2>
${total > looked ? html`<p class="muted">The newest ${count(looked)} of ${count(total)}, by reason.</p>` : null}
${groups.map((group, index) => groupBlock(group, index, now))}
</section>`;
}

function groupBlock(group: DeadLetterGroup, index: number, now: number): Html {
  const advice = new Map(Object.entries(DEAD_ADVICE)).get(group.reason);
  const more = group.count - group.causes.reduce((sum, cause) => sum + cause.count, 0);
  return html`<details id="dead-${group.reason}"${index === 0 ? html` open` : null}>
<summary><span class="tag">${group.reason}</span> <span class="count">${count(group.count)}</span> ${advice?.what ?? null}</summary>
<p class="muted">${advice?.action ?? null}</p>
<ul class="rows">${group.causes.map((cause) => causeRow(cause, now))}</ul>
${more > 0 ? html`<p class="muted">and ${count(more)} with other words; <a id="all-${group.reason}" href="${JOBS_PATH}?status=failed">all dead letters</a></p>` : null}
</details>`;
}

function causeRow(cause: DeadLetterCause, now: number): Html {
  const more = cause.count - cause.newest.length;
  return html`<li>
<p class="message">${cause.count > 1 ? html`<span class="count">${count(cause.count)} ×</span> ` : null}${foreign(cause.message)}</p>
<ul class="letters">${cause.newest.map((letter) => letterRow(letter, now))}${more > 0 ? html`<li class="muted">and ${count(more)} more</li>` : null}</ul>
</li>`;
}

function letterRow(letter: DeadLetterSummary, now: number): Html {
  const name = letter.value ?? (letter.entityId || `job ${letter.jobId}`);
  const facts: Content[] = [
    letter.type,
    letter.operation === 'unknown' ? null : letter.operation,
    letter.status === null ? null : `HTTP ${letter.status}`,
  ]
    .filter((fact) => fact !== null)
    .map((fact) => [foreign(fact, 60), ' · ']);
  return html`<li>
<a id="job-${letter.jobId}" href="${JOBS_PATH}/${encodeURIComponent(letter.jobId.toWellFormed())}?status=failed" title="${letter.entityId}">${foreign(name, 80)}</a>
<span class="muted">${facts}${letter.at === null ? null : moment(letter.at, now)}</span>
</li>`;
}

function workersSection({ workers }: ConnectorStatus, now: number): Html | null {
  if (workers.length === 0) return null;
  return html`<section>
<h2>Workers</h2>
<ul class="chips">${workers.map(
    ({ name, version, since }) =>
      html`<li><code>${foreign(name, 80)}</code> <span class="muted">${foreign(version, 40)} · started ${moment(since, now)}</span></li>`,
  )}</ul>
</section>`;
}

function setAsideSection({ setAside }: ConnectorStatus, now: number): Html | null {
  if (setAside.total === 0) return null;
  return html`<section>
<h2>Input set aside</h2>
<p class="muted">${counted(setAside.total, 'event', 'events')} could not be used and ${setAside.total === 1 ? 'is' : 'are'} kept for a look. The newest:</p>
<ul class="rows">${setAside.newest.map((item) => setAsideRow(item, now))}</ul>
</section>`;
}

function setAsideRow(item: SetAside, now: number): Html {
  return html`<li>
<p class="head"><span class="tag">${foreign(item.reason, 40)}</span> <span class="muted">${foreign(item.name, 40)} · <code>${foreign(item.eventId || 'no id', 60)}</code> · ${counted(item.bytes, 'byte', 'bytes')} · ${moment(item.at, now)}</span></p>
<p class="message">${foreign(item.detail)}</p>
${item.excerpt === '' ? null : html`<p class="muted"><code>${foreign(item.excerpt, 160)}</code></p>`}
</li>`;
}

function actionsSection({ actions }: ConnectorStatus, now: number): Html | null {
  if (actions.length === 0) return null;
  return html`<section>
<h2>What operators did last</h2>
<ul class="rows">${actions.map(
    ({ at, by, action, detail }) => html`<li>
<p class="head"><span class="tag">${foreign(action, 40)}</span> <span class="muted">${moment(at, now)} · by ${foreign(by, 80)}</span></p>
<p class="message">${foreign(detail)}</p>
</li>`,
  )}</ul>
</section>`;
}

function footer(status: ConnectorStatus, { user, actions }: PageContext, now: number): Html {
  return html`<footer>
<p>Read <time datetime="${status.readAt}">${instant(now)}</time> · connector <code>${status.connectorId}</code> · xsoar-intel ${status.version}</p>
<p>${user === null ? 'no login' : html`logged in as ${foreign(user, 60)}`} · ${actions ? 'actions are on' : 'read-only'} · <a id="as-json" href="/status.json">as JSON</a></p>
</footer>`;
}
