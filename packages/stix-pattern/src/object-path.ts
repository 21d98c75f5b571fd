import type { PathStep } from './ast.ts';
import { isPlainStep } from './keywords.ts';
import { quote } from './quoting.ts';

/**
 * The steps as one text, for people, tables and logs: `value`, `hashes.SHA-256`,
 * `values[0].name`. Quotes are left away, so a name with a dot in it cannot be
 * told from two steps: where that matters, look at the steps.
 */
export function pathText(steps: readonly PathStep[]): string {
  return joinSteps(steps, (name) => name);
}

/** The steps as a pattern writes them: names that are not plain identifiers in quotes. */
export function patternPath(steps: readonly PathStep[]): string {
  return joinSteps(steps, (name) => (isPlainStep(name) ? name : quote(name)));
}

function joinSteps(steps: readonly PathStep[], write: (name: string) => string): string {
  const first = steps[0];
  // Nearly all real paths have one step: no loop, no concatenation.
  if (steps.length === 1 && first?.kind === 'property') return write(first.name);
  let text = '';
  for (const step of steps) {
    if (step.kind === 'index') text += `[${step.index}]`;
    else text += text === '' ? write(step.name) : `.${write(step.name)}`;
  }
  return text;
}
