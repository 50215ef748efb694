import { answerJobs } from "../../builder/operations/worker_pool.ts";

/** The share of a load's clients that one Worker runs. */
export interface ClientJob {
  readonly urls: readonly string[];
  readonly clients: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** Index of the first URL, so that Workers do not request the same URLs at the same time. */
  readonly first: number;
}

export interface ClientResult {
  readonly latenciesUs: Float64Array;
  readonly bytes: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Number of answers by their `x-cache` header. */
  readonly caches: Readonly<Record<string, number>>;
  readonly measuredMs: number;
}

const REQUEST_TIMEOUT_MS = 10_000;

answerJobs(async ({ urls, clients, warmUpMs, durationMs, first }: ClientJob): Promise<ClientResult> => {
  const latenciesUs: number[] = [];
  const statuses: Record<string, number> = {};
  const caches: Record<string, number> = {};
  let bytes = 0;
  let next = first;
  const began = performance.now();
  const measureFrom = began + warmUpMs;
  const end = measureFrom + durationMs;
  const client = async () => {
    for (;;) {
      const asked = performance.now();
      if (asked >= end) return;
      const answer = await ask(urls[next++ % urls.length]!);
      if (asked < measureFrom) continue;
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      caches[answer.cache] = (caches[answer.cache] ?? 0) + 1;
      bytes += answer.bytes;
      latenciesUs.push((performance.now() - asked) * 1000);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const measuredMs = performance.now() - measureFrom;
  return { latenciesUs: Float64Array.from(latenciesUs), bytes, statuses, caches, measuredMs };
});

async function ask(url: string): Promise<{ status: string; cache: string; bytes: number }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const { byteLength } = await response.arrayBuffer();
    return { status: String(response.status), cache: response.headers.get("x-cache") ?? "none", bytes: byteLength };
  } catch (error) {
    const status = error instanceof DOMException && error.name === "TimeoutError" ? "timed out" : "no connection";
    return { status, cache: "none", bytes: 0 };
  }
}
