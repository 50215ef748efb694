import type { Load, LoadClient } from "./load.ts";
import type { ServerProcess } from "./server_process.ts";

export interface BestLoad {
  readonly load: Load;
  /** CPU time of the server per request, user and system. */
  readonly cpuMsEach: number;
}

/** Returns the round with the most requests per second: other processes on the machine disturbed it least. */
export async function bestLoad(
  server: ServerProcess,
  client: LoadClient,
  paths: readonly string[],
  { clients, seconds, rounds }: { clients: number; seconds: number; rounds: number },
): Promise<BestLoad> {
  let best: BestLoad | null = null;
  for (let i = 0; i < rounds; i++) {
    const before = server.cpuMs();
    const load = await client({ origin: server.url, paths, clients, seconds });
    const cpuMsEach = (server.cpuMs() - before) / load.requests;
    if (best === null || load.perSecond > best.load.perSecond) best = { load, cpuMsEach };
  }
  return best!;
}
