import { type ConnectorStatus, groupDeadLetters, verdictOf } from '@xsoar-intel/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statusExample } from '../testing/status-example.ts';
import { renderStatus, renderUnreadable } from './page.ts';

const context = { user: null, actions: false };
const render = (status: ConnectorStatus): string =>
  renderStatus(status, verdictOf(status), context);

/** A status in which everything that comes from outside is the same text. */
function statusOfText(text: string): ConnectorStatus {
  return statusExample({
    connectorId: text,
    version: text,
    workers: [{ name: text, version: text, since: 0 }],
    holds: [{ kind: 'outage', reason: text, since: 0, until: null, by: text, times: 2 }],
    deadLetters: groupDeadLetters(
      [
        {
          id: text,
          finishedOn: 0,
          failedReason: text,
          data: {
            entityId: text,
            lastError: {
              reason: text,
              message: text,
              operation: text,
              status: 400,
              request: JSON.stringify({ value: text, indicator_type: text }),
            },
          },
        },
        { id: text, finishedOn: Number.NaN, failedReason: text, data: { entityId: text } },
      ],
      2,
    ),
    actions: [{ at: 0, by: text, action: text, detail: text }],
    retrying: { looked: 1, groups: [{ reason: text, count: 1, message: text }] },
    setAside: {
      total: 1,
      newest: [
        { at: 0, reason: text, detail: text, eventId: text, name: text, bytes: 1, excerpt: text },
      ],
    },
  });
}

/** The tags of a page, without what their attributes say. */
const tagsOf = (page: string): string[] =>
  [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));

describe('the status page', () => {
  it('says what matters', () => {
    const page = render(
      statusExample({
        pending: { entities: 1_234, oldestMs: 61_000 },
        jobs: { waiting: 1_200, active: 30, delayed: 4, failed: 0 },
        workers: ['host-a:1', 'host-b:2'].map((name) => ({ name, version: '1.2.3', since: 0 })),
      }),
    );
    expect(page).toContain('<h1>Indicators reach XSOAR.</h1>');
    expect(page).toContain('1,234');
    expect(page).toContain('oldest 61 s');
    expect(page).toContain('1769938140000-0');
    expect(page).toContain('60 s ago');
    expect(page).toContain('host-a:1');
    expect(page).toContain('1.2.3');
    expect(page).toContain('30 active');
    expect(page).toContain('xsoar-intel 1.2.3');
  });

  it('says how much is delivered, over the last minutes', () => {
    const page = render(statusExample({ rates: { last1: 1_200, last5: 900, last15: 30 } }));
    expect(page).toContain('<dt>Delivered</dt>');
    for (const text of ['1,200/min', '900/min over 5 min', '30/min over 15 min']) {
      expect(page).toContain(text);
    }
    expect(render(statusExample())).not.toContain('<dt>Delivered</dt>');
  });

  it('says why deliveries are tried again, and why the stream is held back', () => {
    const { stream } = statusExample();
    const page = render(
      statusExample({
        jobs: { waiting: 0, active: 0, delayed: 1_300, failed: 0 },
        retrying: { looked: 50, groups: [{ reason: 'timeout', count: 7, message: 'no answer' }] },
        stream: {
          ...stream,
          told: {
            ...{ state: 'live', since: 0, at: 0, reason: '', retryInMs: null, leader: 'a:1' },
            ...{ heldBack: '50000 entities wait', catchUp: null },
          },
        },
      }),
    );
    expect(page).toContain('<bdi>timeout</bdi>');
    expect(page).toContain('<bdi>no answer</bdi>');
    expect(page).toContain('Of 1,300 delayed jobs, the 50 that go next:');
    expect(page).toContain('held back: <bdi>50000 entities wait</bdi>');
    expect(render(statusExample())).not.toContain('tried again');
  });

  it('says what operators did last', () => {
    const at = Date.parse('2026-02-01T09:29:00.000Z');
    const action = { at, by: 'jo@ops', action: 'resume', detail: 'outage: XSOAR is back' };
    const page = render(statusExample({ actions: [action] }));
    for (const text of ['resume', 'jo@ops', 'outage: XSOAR is back']) {
      expect(page).toContain(`<bdi>${text}</bdi>`);
    }
    expect(render(statusExample())).not.toContain('operators did');
  });

  it('links each dead letter to its job', () => {
    const page = render(
      statusExample({
        deadLetters: groupDeadLetters(
          [
            {
              id: '17',
              finishedOn: 0,
              failedReason: 'create: HTTP 400',
              data: {
                entityId: 'e1',
                lastError: {
                  reason: 'rejected',
                  message: 'create: HTTP 400',
                  operation: 'upsert',
                  status: 400,
                  request: '{"value":"198.51.100.7","indicator_type":"IP"}',
                },
              },
            },
          ],
          1,
        ),
      }),
    );
    expect(page).toContain('href="/queue/queue/delivery/17?status=failed"');
    expect(page).toContain('<bdi>198.51.100.7</bdi>');
    expect(page).toContain('create: HTTP 400');
    expect(page).toContain('XSOAR refused the request.');
  });

  it('shows what comes from outside as text, whatever it is', () => {
    const tags = tagsOf(render(statusOfText('plain')));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), (text) => {
        expect(tagsOf(render(statusOfText(text)))).toEqual(tags);
      }),
    );
    // Half a character, as JSON can escape it, is no reason to fail.
    expect(tagsOf(render(statusOfText('\ud800')))).toEqual(tags);
    const page = render(statusOfText(`"'><img src=x onerror=alert(1)>`));
    expect(page).not.toContain('<img');
    expect(tagsOf(page)).toEqual(tags);
  });

  it('has neither inline scripts nor inline styles', () => {
    const page = render(statusOfText('text'));
    expect(page).not.toMatch(/ style=|<style| on[a-z]+=|<script(?![^>]*src=)/);
  });

  it('gives the main part and all that can have the focus an id of its own', () => {
    const page = render(statusOfText('text'));
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toContain('status');
    // Both dead letters of the example have the same job id.
    expect(new Set(ids).size).toBe(ids.length - 1);
  });

  it('says so when the status cannot be read', () => {
    const page = renderUnreadable('Redis is away <reconnecting>');
    expect(page).toContain('The status cannot be read.');
    expect(page).toContain('Redis is away &lt;reconnecting&gt;');
  });
});
