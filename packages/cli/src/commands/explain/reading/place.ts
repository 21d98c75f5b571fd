/** A place in a text as editors name it: both from 1, columns in UTF-16 code units. */
export interface Place {
  line: number;
  column: number;
}

/** Makes the function that finds the place of an offset; only line feeds end lines. */
export function placeFinder(text: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = lastStart(starts, offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

/** Index of the last start that is not behind the offset. */
function lastStart(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** `1:17` */
export function placeText({ line, column }: Place): string {
  return `${line}:${column}`;
}
