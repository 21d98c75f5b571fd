import { words } from '@xsoar-intel/pipeline';

/** Tells on standard error how far a long command is. */
export interface Progress {
  note(done: number, total: number): void;
  /** Takes the line away. */
  end(): void;
}

/** A line that is renewed on a terminal, a line each time elsewhere. `verb`: such as `retried`. */
export function showProgress(stream: NodeJS.WriteStream, verb: string): Progress {
  let shown = false;
  return {
    note(done, total) {
      const text = `${verb} ${words.count(done)} of ${words.count(total)}`;
      stream.write(stream.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
      shown = stream.isTTY;
    },
    end() {
      if (shown) stream.write('\r\u001b[K');
      shown = false;
    },
  };
}
