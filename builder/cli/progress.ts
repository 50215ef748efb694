import cliProgress from "cli-progress";

export interface ProgressBar {
  /** One more is done. */
  step(): void;
}

/** Bars on a terminal, a line now and then elsewhere. Disposing leaves the last state on the screen. */
export class Progress implements Disposable {
  readonly #bars = new cliProgress.MultiBar({
    format: "{label} {bar} {value}/{total}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 28,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: 5000,
    stopOnComplete: false,
  });

  bar(label: string, total: number): ProgressBar {
    const bar = this.#bars.create(total, 0, { label: label.padEnd(12) });
    return { step: () => bar.increment() };
  }

  /** A line above the bars. */
  say(line: string): void {
    this.#bars.log(`${line}\n`);
  }

  [Symbol.dispose](): void {
    this.#bars.stop();
  }
}
