import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findProgram } from '../support/find-program.ts';

/** Path of the Chromium to drive: CHROMIUM_PATH, else `chromium` on the PATH; null without one. */
export function findChromium(): string | null {
  return process.env.CHROMIUM_PATH || findProgram('chromium');
}

/** Starts it without a window, and without anything that it would ask the internet for. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      // Tests often run as root in a container, where the sandbox cannot start.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page that is watched: every test ends with a look at what went wrong on it. */
export interface WatchedPage {
  readonly page: Page;
  /**
   * Violations of the Content Security Policy, errors of scripts and on the console,
   * dialogs, and requests that leave the board, in the order in which they came.
   */
  readonly problems: readonly string[];
  /** The problems that nobody foresaw. */
  unforeseen(): string[];
  close(): Promise<void>;
}

/** How a page is opened. */
export type PageOptions = Omit<BrowserContextOptions, 'httpCredentials'> & {
  httpCredentials?: { username: string; password: string } | undefined;
};

/**
 * Opens a page in a context of its own; `baseURL` in the options is the board.
 * `foreseen` matches problems that the test provokes.
 */
export async function openPage(
  browser: Browser,
  { httpCredentials, ...options }: PageOptions & { baseURL: string },
  foreseen: RegExp | null,
): Promise<WatchedPage> {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
    ...(httpCredentials ? { httpCredentials } : {}),
  });
  context.setDefaultTimeout(15_000);
  const problems: string[] = [];
  // The console tells of violations too, in words that Chromium may change.
  await context.addInitScript(
    `document.addEventListener('securitypolicyviolation', (event) => console.error(
      'CSP', event.effectiveDirective, event.blockedURI, event.sample, event.sourceFile));`,
  );
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => problems.push(`script: ${error.error().message}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    const own = url.origin === new URL(options.baseURL).origin || url.protocol === 'data:';
    if (!own) problems.push(`request to ${url.origin}`);
  });
  context.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const page = await context.newPage();
  return {
    page,
    problems,
    unforeseen: () => problems.filter((problem) => !foreseen?.test(problem)),
    close: () => context.close(),
  };
}
