import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** Where the pictures of the documentation are. */
export const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

/** With SCREENSHOTS=1, writes what a page shows to docs/images/`name`.png; else does nothing. */
export async function takePicture(
  page: Page,
  name: string,
  options: { fullPage?: boolean } = {},
): Promise<void> {
  if (process.env.SCREENSHOTS !== '1') return;
  mkdirSync(IMAGES, { recursive: true });
  await page.screenshot({ path: `${IMAGES}${name}.png`, animations: 'disabled', ...options });
}
