/**
 * The board in a real Chromium, over real processes. The tests follow one story, from
 * dead letters to all being well, and stand in its order. `SCREENSHOTS=1` also writes
 * what is seen to docs/images/.
 */
import { readFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { differences, NONE, type Pipeline, startPipeline } from '../e2e/pipeline.ts';
import { until } from '../support/until.ts';
import { type BoardProcess, startBoardProcess } from './board-process.ts';
import {
  findChromium,
  openPage,
  type PageOptions,
  startChromium,
  type WatchedPage,
} from './chromium.ts';
import { takePicture } from './picture.ts';
import {
  HOSTILE_ANSWER,
  HOSTILE_VALUE,
  LARGE_DOMAIN,
  MUTEXES,
  playScene,
  type Scene,
} from './scene.ts';

const LOGIN = { username: 'soc', password: 'käse & brot' };
const DEAD_LETTERS = [...MUTEXES, LARGE_DOMAIN, HOSTILE_VALUE];
const FAILED_JOBS = '/queue/queue/delivery?status=failed';
const LOW_CONTRAST = readFileSync(new URL('low-contrast.js', import.meta.url), 'utf8');

const executable = findChromium();
if (executable === null) {
  it.skip('needs Chromium: none on the PATH, and CHROMIUM_PATH names none', () => {});
}

describe.skipIf(executable === null)('the board in Chromium', { timeout: 40_000 }, () => {
  let browser: Browser | undefined;
  let pipeline: Pipeline;
  let board: BoardProcess;
  let scene: Scene;
  const closers: (() => Promise<unknown>)[] = [];
  let opened: WatchedPage[] = [];

  beforeAll(async () => {
    browser = await startChromium(executable ?? '');
    closers.push(browser.close.bind(browser));
    pipeline = await startPipeline();
    closers.push(pipeline.close);
    [board] = await Promise.all([
      startBoard({ BOARD_ACTIONS: 'true' }),
      pipeline.ingest(),
      pipeline.worker(),
    ]);
    scene = await playScene(pipeline);
  }, 60_000);
  afterEach(async () => {
    const closing = opened;
    opened = [];
    await Promise.all(closing.map((watched) => watched.close()));
    expect(closing.flatMap((watched) => watched.unforeseen())).toEqual([]);
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  async function startBoard(environment: Record<string, string>): Promise<BoardProcess> {
    const started = await startBoardProcess(pipeline, {
      BOARD_USER: LOGIN.username,
      BOARD_PASSWORD: LOGIN.password,
      ...environment,
    });
    closers.push(started.end);
    return started;
  }

  /** Opens a page of somebody who knows the login, unless the options say otherwise. */
  async function open(
    options: PageOptions = {},
    foreseen: RegExp | null = null,
  ): Promise<WatchedPage> {
    if (browser === undefined) throw new Error('there is no browser');
    const all = { baseURL: board.url, httpCredentials: LOGIN, ...options };
    const watched = await openPage(browser, all, foreseen);
    opened.push(watched);
    return watched;
  }

  it('shows nothing without the login', async () => {
    for (const httpCredentials of [undefined, { ...LOGIN, password: 'guessed' }]) {
      const { page } = await open({ httpCredentials }, /status of 401/);
      const answers: number[] = [];
      page.on('response', (response) => answers.push(response.status()));
      for (const path of ['/', '/status.json', '/queue', '/queue/api/queues']) {
        // Chromium cannot ask for a login without a window, and may show a page of its own.
        await page.goto(path).catch(() => {});
        expect(await page.getByText(/xsoar-intel|deliver/).count()).toBe(0);
      }
      expect(answers).toEqual([401, 401, 401, 401]);
    }
    expect(board.logs()).toContainEqual(
      expect.objectContaining({ level: 'warn', msg: 'board: a login was refused' }),
    );
  });

  it.each([
    ['light', { colorScheme: 'light', viewport: { width: 1100, height: 800 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1100, height: 800 } }],
    ['narrow', { colorScheme: 'light', viewport: { width: 390, height: 800 }, isMobile: true }],
  ] as const)('shows a status page that can be read: %s', async (name, options) => {
    const { page } = await open(options);
    await page.goto('/');
    await headline(page, `${DEAD_LETTERS.length} entities could not be delivered.`).waitFor();
    await takePicture(page, `status-${name}`, { fullPage: true });
    expect(await page.evaluate(LOW_CONTRAST)).toEqual([]);
    // Nothing is wider than the window.
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the status');
  });

  it('leads from a dead letter to what XSOAR said, where markup stays text', async () => {
    const { page } = await open({ viewport: { width: 1200, height: 800 } });
    await page.goto('/');
    await page.getByRole('main').getByText(HOSTILE_ANSWER).waitFor();
    expect(await page.locator('img').count()).toBe(0);
    await page.getByRole('link', { name: HOSTILE_VALUE, exact: true }).click();

    await field(page, 'reason', '"rejected"').waitFor();
    await field(page, 'status', '400').waitFor();
    await field(page, 'value', HOSTILE_VALUE).waitFor();
    await field(page, 'error', HOSTILE_ANSWER).waitFor();
    expect(await page.locator('img[onerror]').count()).toBe(0);
    await takePicture(page, 'job');

    await page.goto(FAILED_JOBS);
    await page.getByText('too-large 413').waitFor();
    expect(await page.locator('img[onerror]').count()).toBe(0);
    await takePicture(page, 'board');
  });

  it.each([
    ['dark', { colorScheme: 'dark', viewport: { width: 1200, height: 800 } }],
    ['narrow', { colorScheme: 'light', viewport: { width: 390, height: 800 }, isMobile: true }],
  ] as const)('shows dead letters that can be read: %s', async (name, options) => {
    const { page } = await open(options);
    await page.goto(FAILED_JOBS);
    await page.getByText('too-large 413').waitFor();
    await field(page, 'reason', '"rejected"').waitFor();
    await takePicture(page, `board-${name}`);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  });

  it('keeps to the policy in every tab of a job and in the settings', async () => {
    // Whatever Bull Board does against it is among the problems, which are none at the end.
    const { page } = await open();
    await page.goto('/');
    await page.getByRole('link', { name: HOSTILE_VALUE, exact: true }).click();
    await page.getByRole('tab').first().waitFor();
    const tabs = await page.getByRole('tab').allTextContents();
    expect(tabs).toContain('Error');
    for (const name of tabs) {
      const tab = page.getByRole('tab', { name, exact: true });
      await tab.click();
      await until(`${name} is shown`, async () => {
        return (await tab.getAttribute('aria-selected')) === 'true';
      });
      expect(await page.locator('img[onerror]').count()).toBe(0);
    }
    await page.locator('button:has(svg.lucide-settings)').click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  it('has a policy that stops markup even where some got through', async () => {
    const { page, problems } = await open(
      {},
      /CSP script-src-attr|inline event handler|status of 404/,
    );
    const violations = () => problems.filter((problem) => problem.includes('CSP')).length;
    for (const [index, path] of ['/', '/queue'].entries()) {
      await page.goto(path);
      await page.evaluate(
        `document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(HOSTILE_VALUE)})`,
      );
      await until('the violation is seen', () => violations() === index + 1);
      expect(await page.title()).not.toBe('taken over');
    }
  });

  it('has no buttons while it is read-only', async () => {
    const readOnly = await startBoard({});
    const { page, close } = await open({ baseURL: readOnly.url });
    await page.goto(FAILED_JOBS);
    await page.getByText('too-large 413').waitFor();
    await page.getByRole('banner').getByText('read-only').waitFor();
    expect(await page.getByRole('button', { name: 'Retry all' }).count()).toBe(0);
    expect(await retryButton(page).count()).toBe(0);
    // Its page would ask it for news.
    await close();
    expect(await readOnly.end()).toBe(0);
  });

  it('retries a dead letter whose cause is gone, and shows that it is delivered', async () => {
    // Somebody has the status page open all the time, and has unfolded a part of it.
    const { page: watching } = await open();
    await watching.goto('/');
    await watching.getByText('XSOAR finds the request too large.').click();
    await watching.evaluate('window.loadedOnce = true');

    // By keyboard alone, from the status page to the delivery.
    const { page } = await open();
    await page.goto('/');
    await press(page, page.getByRole('link', { name: HOSTILE_VALUE, exact: true }));
    scene.repairHostileValue();
    await press(page, retryButton(page));
    await press(page, page.getByRole('button', { name: 'Confirm' }));
    await until('XSOAR has it', () => pipeline.xsoar.get(HOSTILE_VALUE));
    await page.getByText('Finished at').waitFor();

    await headline(
      watching,
      `${DEAD_LETTERS.length - 1} entities could not be delivered.`,
    ).waitFor();
    expect(await watching.getByText('onerror').count()).toBe(0);
    expect(await watching.getByRole('link', { name: LARGE_DOMAIN }).isVisible()).toBe(true);
    expect(await watching.evaluate('window.loadedOnce')).toBe(true);
    expect(board.logs()).toContainEqual(
      expect.objectContaining({ msg: 'board action', user: LOGIN.username, action: 'retry' }),
    );
  });

  it('retries all that are left, after which all is well', async () => {
    const { page } = await open();
    scene.repairAll();
    await page.goto(FAILED_JOBS);
    await page.getByRole('button', { name: 'Retry all' }).click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await until('XSOAR has all of them', () =>
      DEAD_LETTERS.every((value) => pipeline.xsoar.get(value)),
    );
    await page.getByText('No failed jobs in this queue.').waitFor();

    await page.getByRole('banner').getByRole('button').last().click();
    await page.getByRole('menuitem', { name: 'Status' }).click();
    await headline(page, 'Indicators reach XSOAR.').waitFor();
    await pipeline.quiet();
    expect(differences(await pipeline.compare())).toEqual(NONE);
  });
});

const headline = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

/** A line of a job's data on Bull Board. The failure comes before the answer and the request. */
const field = (page: Page, name: string, text: string) =>
  page
    .getByRole('treeitem')
    .filter({ hasText: new RegExp(`^${name}:`) })
    .filter({ hasText: text })
    .first();

/** Goes from one control to the next until it is at this one, and presses it. */
async function press(page: Page, control: Locator): Promise<void> {
  await control.waitFor();
  const focused = control.and(page.locator(':focus'));
  for (let step = 0; (await focused.count()) === 0; step += 1) {
    if (step === 60) throw new Error('60 times Tab does not lead there');
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
}

/** Bull Board gives the buttons of a job no name, only a picture and a tooltip. */
const retryButton = (page: Page) => page.locator('button:has(svg.lucide-refresh-cw)').first();
