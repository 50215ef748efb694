import cliProgress from "cli-progress";

const EVERY_MS = 250;

/** A progress bar of a load on a terminal; elsewhere nothing is shown. Disposing removes the bar from the screen. */
export class LoadProgress implements Disposable {
  readonly #bar: cliProgress.SingleBar | null;
  readonly #timer: ReturnType<typeof setInterval> | null;

  constructor(label: string, seconds: number) {
    if (!Deno.stderr.isTerminal()) {
      this.#bar = this.#timer = null;
      return;
    }
    const bar = new cliProgress.SingleBar({
      format: `${label} {bar} {value} of {total} s`,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 28,
      hideCursor: true,
      clearOnComplete: true,
    });
    const began = performance.now();
    bar.start(Math.ceil(seconds), 0);
    this.#bar = bar;
    this.#timer = setInterval(() => bar.update(Math.floor((performance.now() - began) / 1000)), EVERY_MS);
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#bar?.stop();
  }
}
