import type { WireAnswer } from '../http/exchange.ts';

/** What an unwelcome answer says of itself. */
export interface AnswerText {
  /** `id` of XSOAR's error envelope. */
  errorId?: string;
  /** What it says in words, short. */
  detail?: string;
}

/** Longest words of a server that are repeated in a message; characters. */
const MAX_DETAIL = 300;

/**
 * Reads an error body: XSOAR's envelope `{id, status, title, detail, error}`,
 * the Cortex gateway's `{reply: {err_code, err_msg}}`, a page, or plain text.
 */
export function readAnswerText(answer: WireAnswer): AnswerText {
  const text = answer.text.trim();
  if (text === '') return {};
  if (isPage(answer)) return { detail: 'a web page' };
  const body = parseObject(text);
  if (body === null) return { detail: shorten(text) };
  const reply = asObject(body.reply);
  // `error` is the most exact of the three, `title` the least.
  const words = [reply?.err_msg, body.error, body.detail, body.title, body.message];
  const detail = words.find((word) => typeof word === 'string' && word !== '');
  return {
    ...(typeof body.id === 'string' && body.id !== '' ? { errorId: body.id } : {}),
    ...(typeof detail === 'string' ? { detail: shorten(detail) } : {}),
  };
}

/** HTML, by its type or its looks: what comes from a wrong base URL. */
export function isPage(answer: WireAnswer): boolean {
  return (
    (answer.headers.get('content-type') ?? '').toLowerCase().includes('html') ||
    answer.text.trimStart().startsWith('<')
  );
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL)}…` : line;
}
