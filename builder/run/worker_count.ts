/**
 * What a Worker takes at its peak, and the process without any, on HRRR with all its variables
 * (docs/PERFORMANCE.md: 597 MB with one Worker, 830 MB with two).
 */
const WORKER_BYTES = 230e6;
const PROCESS_BYTES = 370e6;

/** What the machine has for this process. */
export interface Machine {
  readonly cores: number;
  /** Bytes that are not in use. */
  readonly memoryBytes: number;
}

/**
 * Workers that build frames: as many as are configured, or one for each core, but no more than memory has room for, and
 * at least one.
 */
export function workerCount({ workers }: { readonly workers: number }, machine: Machine = thisMachine()): number {
  const wanted = workers || machine.cores;
  const room = Math.floor((machine.memoryBytes - PROCESS_BYTES) / WORKER_BYTES);
  return Math.max(1, Math.min(wanted, room));
}

/** The limit of a control group cannot be read without all permissions: where there is one, configure the number. */
function thisMachine(): Machine {
  return { cores: navigator.hardwareConcurrency, memoryBytes: Deno.systemMemoryInfo().available };
}
