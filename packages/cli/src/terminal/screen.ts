import { createOutput, type Output } from './output.ts';
import { createPaint, type Paint, wantsColor } from './paint.ts';

/** Where a command writes its answer. */
export interface Screen extends Output {
  readonly paint: Paint;
  /** Columns of the terminal; a pipe has no end of line. */
  readonly width: number;
}

/** Standard output, in colours where they are wanted. */
export function openScreen(): Screen {
  const { stdout } = process;
  return {
    ...createOutput(stdout),
    paint: createPaint(wantsColor(process.env, stdout.isTTY)),
    width: stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY,
  };
}
