/** A line on a terminal that counts on while long work is done; nothing where no person looks. */
export interface Progress {
  show(done: number): void;
  done(): void;
}

const EVERY_MS = 200;

export function createProgress(stream: NodeJS.WriteStream, unit: string): Progress {
  if (!stream.isTTY) return { show() {}, done() {} };
  const startedMs = performance.now();
  let shownMs = 0;
  return {
    show(done) {
      const nowMs = performance.now();
      if (nowMs - shownMs < EVERY_MS) return;
      shownMs = nowMs;
      const rate = Math.round((done / Math.max(1, nowMs - startedMs)) * 1000);
      stream.write(`\r\x1b[K${done.toLocaleString('en-US')} ${unit}, ${rate.toLocaleString('en-US')} a second`);
    },
    done() {
      if (shownMs > 0) stream.write('\r\x1b[K');
    },
  };
}
