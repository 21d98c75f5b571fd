/**
 * Append-only bytes in big blocks. Events are encoded once, when they happen, and
 * every connection then sends views of the same bytes: nothing is serialised or
 * copied per connection, and 200,000 events are some hundred buffers, not 200,000.
 */
export interface SlabWriter {
  /**
   * Makes sure that `texts` can be written without changing the block in between,
   * so that their offsets belong to one buffer.
   */
  reserve(...texts: string[]): void;
  /** Writes and returns the offset after the text. Call `reserve` first. */
  write(text: string): number;
  readonly block: Buffer;
  /** Offset at which the next text goes. */
  readonly offset: number;
  /** Bytes of all blocks ever taken. */
  readonly allocated: number;
}

export function createSlabWriter(blockBytes = 4 * 1024 * 1024): SlabWriter {
  let block = Buffer.allocUnsafeSlow(blockBytes);
  let offset = 0;
  let allocated = blockBytes;
  return {
    reserve(...texts) {
      let atMost = 0;
      // A UTF-16 unit takes at most three bytes in UTF-8; counting exactly costs more.
      for (const text of texts) atMost += text.length * 3;
      if (offset + atMost <= block.length) return;
      let size = blockBytes;
      if (atMost > blockBytes) {
        size = 0;
        for (const text of texts) size += Buffer.byteLength(text);
      }
      block = Buffer.allocUnsafeSlow(size);
      offset = 0;
      allocated += size;
    },
    write(text) {
      offset += block.write(text, offset);
      return offset;
    },
    get block() {
      return block;
    },
    get offset() {
      return offset;
    },
    get allocated() {
      return allocated;
    },
  };
}
