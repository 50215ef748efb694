import cliProgress from "cli-progress";
import { isTerminal, say } from "../operations/terminal.ts";

export interface ProgressBar {
  /** Counts one more step as done. */
  step(): void;
}

/** Greatest number of lines per bar where there is no terminal. */
const PLAIN_LINES = 10;

/** Shows bars on a terminal, and a plain line now and then elsewhere. Disposing leaves the last state on the screen. */
export class Progress implements Disposable {
  readonly #bars = isTerminal()
    ? new cliProgress.MultiBar({
      format: "{label} {bar} {value}/{total}",
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 28,
      hideCursor: true,
      stopOnComplete: false,
    })
    : null;

  bar(label: string, total: number): ProgressBar {
    if (!this.#bars) return plainBar(label, total);
    const bar = this.#bars.create(total, 0, { label: label.padEnd(12) });
    return { step: () => bar.increment() };
  }

  /** Writes a line above the bars. */
  say(line: string): void {
    if (this.#bars) this.#bars.log(`${line}\n`);
    else say(line);
  }

  [Symbol.dispose](): void {
    this.#bars?.stop();
  }
}

/** Makes a bar for a log file: without control characters, and without a line for each step. */
function plainBar(label: string, total: number): ProgressBar {
  let done = 0;
  let lines = 0;
  return {
    step: () => {
      const due = Math.floor(++done / total * PLAIN_LINES);
      if (due === lines) return;
      lines = due;
      say(`${label}: ${done} of ${total}`);
    },
  };
}
