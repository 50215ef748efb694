import type { Load, LoadClient } from "./load.ts";
import type { ServerProcess } from "./server_process.ts";

export interface BestLoad {
  readonly load: Load;
  /** Of the server, user and system. */
  readonly cpuMsEach: number;
}

/** The round with the most requests, the one that others on the machine disturbed least. */
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
