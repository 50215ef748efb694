import { build } from "hdr-histogram-js";
import { WorkerPool } from "../../builder/operations/worker_pool.ts";
import type { ClientJob, ClientResult } from "./client_worker.ts";
import { LoadProgress } from "./load_progress.ts";
import type { Scenario } from "./scenario.ts";

/** Percentiles that are reported, besides the maximum. */
export const PERCENTILES = [50, 90, 95, 99, 99.9] as const;

export interface LoadReport {
  readonly scenario: string;
  readonly target: string;
  readonly clients: number;
  readonly requests: number;
  readonly perSecond: number;
  /** Latencies by percentile, and `max`. */
  readonly latencyMs: Readonly<Record<string, number>>;
  /** Share of answers that are neither 2xx nor 304. */
  readonly errorRate: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Share of answers from a cache; null where the server does not report it. */
  readonly cacheHitShare: number | null;
  readonly bytesEach: number;
}

/** Puts a scenario's load on a server: each client sends its next request when its last one is answered. */
export async function load(
  scenario: Scenario,
  target: string,
  urls: readonly string[],
  workers: number,
): Promise<LoadReport> {
  using pool = new WorkerPool<ClientJob, ClientResult>(
    new URL("./client_worker.ts", import.meta.url),
    workers,
    (scenario.duration_s + scenario.warm_up_s + 60) * 1000,
  );
  using _progress = new LoadProgress(scenario.name, scenario.warm_up_s + scenario.duration_s);
  const results = await Promise.all(Array.from({ length: workers }, (_, i) => {
    const clients = Math.floor(scenario.clients / workers) + (i < scenario.clients % workers ? 1 : 0);
    return pool.run({
      urls,
      clients,
      warmUpMs: scenario.warm_up_s * 1000,
      durationMs: scenario.duration_s * 1000,
      first: Math.floor(urls.length * i / workers),
    });
  }));
  return merge(scenario, target, results);
}

function merge(scenario: Scenario, target: string, results: readonly ClientResult[]): LoadReport {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
  const sum = (counts: readonly Readonly<Record<string, number>>[]) => {
    const total: Record<string, number> = {};
    for (const [key, count] of counts.flatMap(Object.entries)) total[key] = (total[key] ?? 0) + count;
    return total;
  };
  for (const { latenciesUs } of results) {
    latenciesUs.forEach((us) => histogram.recordValue(Math.max(1, Math.round(us))));
  }
  const requests = histogram.totalCount;
  const statuses = sum(results.map(({ statuses }) => statuses));
  const caches = sum(results.map(({ caches }) => caches));
  const errors = Object.entries(statuses).filter(([status]) => !/^(2..|304)$/.test(status)).reduce(
    (n, [, count]) => n + count,
    0,
  );
  const told = requests - (caches.none ?? 0);
  const hits = Object.entries(caches).filter(([cache]) => cache.includes("HIT")).reduce((n, [, count]) => n + count, 0);
  return {
    scenario: scenario.name,
    target,
    clients: scenario.clients,
    requests,
    perSecond: results.reduce((rate, { latenciesUs, measuredMs }) => rate + latenciesUs.length / measuredMs * 1000, 0),
    latencyMs: Object.fromEntries([
      ...PERCENTILES.map((p) => [`p${p}`, histogram.getValueAtPercentile(p) / 1000]),
      ["max", histogram.maxValue / 1000],
    ]),
    errorRate: requests === 0 ? 1 : errors / requests,
    statuses,
    cacheHitShare: told === 0 ? null : hits / told,
    bytesEach: results.reduce((bytes, result) => bytes + result.bytes, 0) / Math.max(1, requests),
  };
}

/** Returns a text for each threshold that a load missed. */
export function missed({ thresholds }: Scenario, { errorRate, perSecond, latencyMs }: LoadReport): string[] {
  const { error_rate, min_per_second, p50_ms, p99_ms } = thresholds;
  return [
    ...(errorRate > error_rate
      ? [`${(errorRate * 100).toFixed(2)} % of the answers are errors; at most ${error_rate * 100} % is allowed`]
      : []),
    ...(min_per_second !== undefined && perSecond < min_per_second
      ? [`${perSecond.toFixed(0)} requests per second; at least ${min_per_second} required`]
      : []),
    ...(p50_ms !== undefined && latencyMs.p50! > p50_ms
      ? [`p50 is ${latencyMs.p50!.toFixed(1)} ms; at most ${p50_ms} ms is allowed`]
      : []),
    ...(p99_ms !== undefined && latencyMs.p99! > p99_ms
      ? [`p99 is ${latencyMs.p99!.toFixed(1)} ms; at most ${p99_ms} ms is allowed`]
      : []),
  ];
}
