/** Directives that both policies share: nothing that is not named is loaded or sent. */
const BASE = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/**
 * Digests of the two style elements that Bull Board's program puts into its page:
 * colours of its Redis icon, hidden scroll bars of its selects. A test computes
 * them from the program's text.
 */
export const BULL_BOARD_STYLES = [
  'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU=',
  'sha256-kLmvWqfziFavKtqHqRsb90f006UAK2Dmd0It5Iz2KFA=',
] as const;

/** Content Security Policy of our own pages. */
export const STATUS_POLICY = [
  ...BASE,
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
].join('; ');

/**
 * Content Security Policy of Bull Board (its page goes through entry-page.ts
 * first): no inline script, no inline style but the two that are known.
 */
export const BULL_BOARD_POLICY = [
  ...BASE,
  `style-src 'self' ${BULL_BOARD_STYLES.map((hash) => `'${hash}'`).join(' ')}`,
  "img-src 'self' data:",
  "font-src 'self'",
  "worker-src 'self'",
  "base-uri 'self'",
].join('; ');

/** Headers of every answer, errors included. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  // For browsers that do not know frame-ancestors.
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
};
