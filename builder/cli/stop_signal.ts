import { StoppedError } from "./run_main.ts";

export interface StopSignal extends Disposable {
  readonly signal: AbortSignal;
}

/** Aborts when the process is told to end. */
export function stopOnSignals(): StopSignal {
  const controller = new AbortController();
  const stop = () => controller.abort(new StoppedError("Stopped by a signal"));
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  names.forEach((name) => Deno.addSignalListener(name, stop));
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => names.forEach((name) => Deno.removeSignalListener(name, stop)),
  };
}

/**
 * Never resolves; a stop does not wait for the frame that a Worker is at.
 * @param afterMs how long work that ends by itself is given
 */
export function rejectWhen(signal: AbortSignal, afterMs = 0): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => setTimeout(() => reject(signal.reason), afterMs), { once: true })
  );
}
