import pc from 'picocolors';

/** What the demo shows while it runs. */
export interface Progress {
  /** Events of the stream that ingest has read. */
  read: number;
  /** Events that the feed has produced so far. */
  produced: number;
  delivered: number;
  skipped: number;
  pending: number;
  dead: number;
  /** Deliveries per second over the last look. */
  rate: number;
  /** Age of the oldest undelivered state, ms; null when nothing is pending. */
  lagMs: number | null;
  /** Why deliveries are held, if they are. */
  held: string | null;
}

const number = (value: number): string => Math.round(value).toLocaleString('en-US');

/** One line of progress. */
export function formatProgress(progress: Progress): string {
  const { read, produced, delivered, skipped, pending, dead, rate, lagMs, held } = progress;
  const parts = [
    `read ${number(read)}/${number(produced)}`,
    `delivered ${number(delivered)}`,
    `skipped ${number(skipped)}`,
    `pending ${number(pending)}`,
    dead > 0 ? pc.red(`dead ${number(dead)}`) : `dead ${number(dead)}`,
    `${number(rate)}/s`,
    `lag ${lagMs === null ? '0.0' : (lagMs / 1_000).toFixed(1)} s`,
  ];
  if (held !== null) parts.push(pc.yellow(`held: ${held}`));
  return parts.join('  ');
}

/** Shows lines of progress: in place on a terminal, one after another elsewhere. */
export function createProgressView(out: NodeJS.WriteStream): {
  show(progress: Progress): void;
  end(): void;
} {
  const live = out.isTTY === true;
  let lastPlain = 0;
  let shown = false;
  return {
    show(progress) {
      const line = formatProgress(progress);
      if (live) {
        out.write(`\r\u001b[2K${line}`);
        shown = true;
        return;
      }
      // A log file wants to know now and then, not four times a second.
      if (performance.now() - lastPlain < 2_000 && lastPlain > 0) return;
      lastPlain = performance.now();
      out.write(`${line}\n`);
    },
    end() {
      if (shown) out.write('\n');
    },
  };
}
