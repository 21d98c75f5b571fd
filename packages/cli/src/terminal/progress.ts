/** Tells on standard error how far a long command is. */
export interface Progress {
  note(text: string): void;
  /** Takes the line away. */
  end(): void;
}

/** A line that is renewed on a terminal, a line each time elsewhere. */
export function showProgress(stream: NodeJS.WriteStream): Progress {
  let shown = false;
  return {
    note(text) {
      stream.write(stream.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
      shown = stream.isTTY;
    },
    end() {
      if (shown) stream.write('\r\u001b[K');
      shown = false;
    },
  };
}
