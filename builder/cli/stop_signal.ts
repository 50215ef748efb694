import { StoppedError } from "./run_main.ts";

export interface StopSignal extends Disposable {
  readonly signal: AbortSignal;
}

/** Makes a signal that aborts when the process gets a stop signal. */
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
 * Returns a promise that never resolves and rejects after the signal aborts: a stop does not wait for the frames in
 * work.
 * @param afterMs time for work that ends by itself
 */
export function rejectWhen(signal: AbortSignal, afterMs = 0): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => setTimeout(() => reject(signal.reason), afterMs), { once: true })
  );
}
