import { prettyFactory } from 'pino-pretty';

/**
 * Turns JSON lines into lines for a person.
 *
 * What OpenCTI sends may hold terminal control sequences. JSON keeps them as escapes, pretty
 * printing would bring them back to life, so they are escaped once more before.
 */
export function prettyLines(out: { write(text: string): unknown }): { write(line: string): void } {
  const pretty = prettyFactory({
    colorize: process.stdout.hasColors?.() ?? false,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'process,version,pid,hostname',
    messageFormat: '[{process}] {msg}',
    singleLine: true,
  });
  return {
    write(line) {
      out.write(pretty(disarm(line)));
    },
  };
}

/** Makes every control character of a JSON line, line breaks and tabs aside, plain text. */
export function disarm(line: string): string {
  // Pairs of backslashes are stepped over, so that the text `\u001b` stays what it is.
  const escaped = line.replace(/\\(?:\\|[bfr]|u00[01][0-9a-f])/gi, (found) =>
    found === '\\\\' ? found : `\\${found}`,
  );
  let result = '';
  for (const character of escaped) {
    const code = character.charCodeAt(0);
    result += code >= 0x7f && code <= 0x9f ? `\\\\u00${code.toString(16)}` : character;
  }
  return result;
}
