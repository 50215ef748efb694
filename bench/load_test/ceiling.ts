import { ServerProcess } from "../server_process.ts";
import { load, type LoadReport } from "./load.ts";
import { makeScenario } from "./scenario.ts";

/** About the size of a sample and of a tile. */
const SIZES_BYTES = [150, 22_000];

export interface CeilingOptions {
  readonly clients: number;
  readonly durationS: number;
  readonly workers: number;
}

/**
 * What this tool can ask for at most on this machine, of a server that does nothing but answer: a rate near it says more
 * of the tool than of the server.
 */
export async function ceilings({ clients, durationS, workers }: CeilingOptions): Promise<LoadReport[]> {
  const reports: LoadReport[] = [];
  for (const sizeBytes of SIZES_BYTES) {
    await using server = await ServerProcess.startBare(sizeBytes);
    const scenario = makeScenario(`ceiling of ${sizeBytes} bytes`, {
      description: "a server that does nothing",
      clients,
      duration_s: durationS,
      warm_up_s: 1,
    });
    reports.push(await load(scenario, server.url, [`${server.url}/`], workers));
  }
  return reports;
}
