import { Buffer } from 'node:buffer';

const lf = 10;
const cr = 13;

/**
 * Makes every line end a single LF, over chunks cut anywhere. SSE also allows CR and CRLF; OpenCTI
 * writes LF, so the usual cost is one search per chunk that finds nothing. Raw CRs cannot occur
 * inside JSON text, hence nothing else is changed by this.
 *
 * @returns a function to be called with each chunk in turn.
 */
export function createLineEnds(): (chunk: Buffer) => Buffer {
  let afterCr = false;
  return (chunk) => {
    if (!afterCr && chunk.indexOf(cr) === -1) return chunk;
    const result = Buffer.allocUnsafe(chunk.length);
    let length = 0;
    for (const byte of chunk) {
      const secondHalf = afterCr && byte === lf;
      afterCr = byte === cr;
      if (!secondHalf) result[length++] = afterCr ? lf : byte;
    }
    return result.subarray(0, length);
  };
}
