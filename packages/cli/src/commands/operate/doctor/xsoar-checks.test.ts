import { expect, it } from 'vitest';
import { fixOf } from './xsoar-checks.ts';

const HEALTH = 'See the health of XSOAR and of proxies before it.';
const status = (code: number, errorId?: string) =>
  ({ kind: 'status', status: code, ...(errorId === undefined ? {} : { errorId }) }) as const;

it('sends an operator to what the status means, not to the health of XSOAR', () => {
  expect(fixOf(status(402), '8')).toContain('XSIAM or XDR, or the licence has lapsed');
  expect(fixOf(status(405), '6')).toContain('XSOAR 8 needs XSOAR_KEY_ID and XSOAR_API=8');
  expect(fixOf(status(407), '8')).toContain('HTTPS_PROXY');
  expect(fixOf(status(500), '6')).toContain('set XSOAR_KEY_ID and XSOAR_API=8');
});

it('sends an operator to the health of XSOAR where nothing better is known', () => {
  expect(fixOf(status(500), '8')).toBe(HEALTH);
  expect(fixOf(status(503), '8')).toBe(HEALTH);
  expect(fixOf(status(405, 'odd'), '8')).toBe(HEALTH);
});
