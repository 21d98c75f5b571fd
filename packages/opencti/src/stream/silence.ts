/** Watches a connection for silence while, and only while, somebody waits for its next bytes. */
export interface SilenceWatch {
  /** Reading has begun: silence counts from the last sign of life, or from now after a pause. */
  reading(): void;
  /** Reading has stopped (we are full): silence is our own doing and does not count. */
  paused(): void;
  /** A sign of life: silence counts from now. */
  alive(): void;
  stop(): void;
}

/**
 * One timer for the life of a connection, moved by `refresh` since that costs nothing per chunk.
 *
 * @param onSilence called once, when nothing came for so long.
 */
export function watchSilence(silenceMs: number, onSilence: () => void): SilenceWatch {
  let counting = false;
  let stopped = false;
  let signs = 0;
  const timer = setTimeout(() => {
    if (!counting || stopped) return;
    // A process that stood still (a busy machine, a suspended one) finds its timers due before it
    // has looked at its sockets, where the bytes of that time may lie: they are let in first.
    const before = signs;
    setImmediate(() => {
      setImmediate(() => {
        if (counting && !stopped && signs === before) onSilence();
      });
    });
  }, silenceMs);
  return {
    reading() {
      if (counting || stopped) return;
      counting = true;
      signs += 1;
      timer.refresh();
    },
    paused() {
      counting = false;
    },
    alive() {
      if (!counting || stopped) return;
      signs += 1;
      timer.refresh();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
