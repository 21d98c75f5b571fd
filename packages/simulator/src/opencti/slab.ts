/**
 * Append-only bytes in big blocks. Events are encoded once, when they happen, and
 * every connection then sends views of the same bytes: nothing is serialised or
 * copied per connection, and 200,000 events are some hundred buffers, not 200,000.
 */
export interface SlabWriter {
  /** Writes texts one after another into one block; the offsets of their starts, and the end. */
  write(texts: readonly string[]): { block: Buffer; offsets: number[] };
  /** Bytes of all blocks ever taken. */
  readonly allocated: number;
}

export function createSlabWriter(blockBytes = 4 * 1024 * 1024): SlabWriter {
  let block = Buffer.allocUnsafeSlow(blockBytes);
  let offset = 0;
  let allocated = blockBytes;

  const reserve = (text: string): void => {
    // A UTF-16 unit takes at most three bytes in UTF-8; counting exactly costs more.
    const atMost = text.length * 3;
    if (offset + atMost <= block.length) return;
    const size = atMost > blockBytes ? Buffer.byteLength(text) : blockBytes;
    block = Buffer.allocUnsafeSlow(size);
    offset = 0;
    allocated += size;
  };

  return {
    write(texts) {
      const whole = texts.join('');
      reserve(whole);
      const offsets = [offset];
      const end = offset + block.write(whole, offset);
      // As many bytes as characters: nothing but ASCII, and lengths are offsets.
      const ascii = end - offset === whole.length;
      for (const text of texts) {
        offset += ascii ? text.length : Buffer.byteLength(text);
        offsets.push(offset);
      }
      return { block, offsets };
    },
    get allocated() {
      return allocated;
    },
  };
}
