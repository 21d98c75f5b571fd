/**
 * Rewrites path steps in double quotes, which some producers write and the STIX grammar does not
 * have (`file:hashes."SHA-1"`), with single quotes; null if there are none. String literals are left
 * alone, and the text keeps its length, so offsets still point at the right place.
 */
export function withSingleQuotedSteps(pattern: string): string | null {
  let result = '';
  let from = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === "'") at = endOfString(pattern, at);
    else if (character === '"' && pattern.charAt(at - 1) === '.') {
      const end = pattern.indexOf('"', at + 1);
      if (end < 0 || end - at > 64 || !isStepName(pattern.slice(at + 1, end))) return null;
      result += `${pattern.slice(from, at)}'${pattern.slice(at + 1, end)}'`;
      from = end + 1;
      at = end;
    }
  }
  return from === 0 ? null : result + pattern.slice(from);
}

function endOfString(pattern: string, start: number): number {
  for (let at = start + 1; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === '\\') at += 1;
    else if (character === "'") return at;
  }
  return pattern.length;
}

function isStepName(name: string): boolean {
  return name !== '' && !name.includes("'") && !name.includes('\\');
}
