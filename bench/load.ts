import { fileURLToPath } from "node:url";
import { quantile } from "./measure.ts";
import type { LoadJob, LoadResult } from "./load_worker.ts";

/** Rates and latencies seen by a number of clients, each sending its next request when its last one is answered. */
export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
  readonly bytes: number;
}

export type LoadClient = (job: LoadJob) => Promise<Load>;

/**
 * Returns a client that runs wrk, which takes little of the cores it shares with the server; null where wrk is not
 * installed.
 */
export async function wrkClient(folder: string): Promise<LoadClient | null> {
  try {
    await new Deno.Command("wrk", { args: ["-v"], stdout: "null", stderr: "null" }).output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  return (job) => runWrk(job, folder);
}

const SCRIPT = fileURLToPath(new URL("./wrk/paths.lua", import.meta.url));

async function runWrk({ origin, paths, clients, seconds }: LoadJob, folder: string): Promise<Load> {
  await Deno.writeTextFile(`${folder}/paths`, paths.join("\n"));
  const { stdout } = await new Deno.Command("wrk", {
    args: ["-t1", `-c${clients}`, `-d${seconds}s`, "--timeout", "10s", "-s", SCRIPT, origin, "--", `${folder}/paths`],
    stdin: "null",
    stderr: "inherit",
  }).output();
  const numbers = /^twf (.*)$/m.exec(new TextDecoder().decode(stdout))?.[1]?.split(" ").map(Number);
  if (!numbers) throw new Error("wrk printed no results");
  const [requests = 0, durationUs = NaN, bytes = 0, p50Us = NaN, p95Us = NaN, p99Us = NaN, ...errors] = numbers;
  if (errors.some((count) => count > 0)) {
    const [status, connection, timeout] = errors;
    throw new Error(`Of ${requests} requests ${status} failed, ${connection} broke off and ${timeout} took over 10 s`);
  }
  return {
    perSecond: requests / durationUs * 1e6,
    p50Ms: p50Us / 1000,
    p95Ms: p95Us / 1000,
    p99Ms: p99Us / 1000,
    requests,
    bytes,
  };
}

/**
 * Puts load on the server with Deno's fetch and kept-alive connections, in a separate Worker. This client takes as much
 * CPU as a cheap answer does.
 */
export async function fetchClient(job: LoadJob): Promise<Load> {
  const worker = new Worker(new URL("./load_worker.ts", import.meta.url), { type: "module" });
  try {
    const { latenciesMs, bytes, wallMs } = await new Promise<LoadResult>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<LoadResult>) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(job);
    });
    return {
      perSecond: latenciesMs.length / wallMs * 1000,
      p50Ms: quantile(latenciesMs, 0.5),
      p95Ms: quantile(latenciesMs, 0.95),
      p99Ms: quantile(latenciesMs, 0.99),
      requests: latenciesMs.length,
      bytes,
    };
  } finally {
    worker.terminate();
  }
}
