/**
 * Memory of a Worker at its peak, and of the process without any Worker, on HRRR with all its variables
 * (docs/PERFORMANCE.md: 597 MB with one Worker, 830 MB with two).
 */
const WORKER_BYTES = 230e6;
const PROCESS_BYTES = 370e6;

/** Resources of the machine for this process. */
export interface Machine {
  readonly cores: number;
  /** Bytes of memory that are not in use. */
  readonly memoryBytes: number;
}

/**
 * Returns the number of Workers that build frames: the configured number or one for each core, but no more than fit
 * into memory, and at least one.
 */
export function workerCount({ workers }: { readonly workers: number }, machine: Machine = thisMachine()): number {
  const wanted = workers || machine.cores;
  const room = Math.floor((machine.memoryBytes - PROCESS_BYTES) / WORKER_BYTES);
  return Math.max(1, Math.min(wanted, room));
}

/**
 * Reads the resources of this machine. The limit of a control group cannot be read without all permissions: where there
 * is one, configure the number of Workers.
 */
function thisMachine(): Machine {
  return { cores: navigator.hardwareConcurrency, memoryBytes: Deno.systemMemoryInfo().available };
}
