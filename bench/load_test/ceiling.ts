import { ServerProcess } from "../server_process.ts";
import { load, type LoadReport } from "./load.ts";
import { makeScenario } from "./scenario.ts";

/** Approximate sizes of a sample and of a tile. */
const SIZES_BYTES = [150, 22_000];

export interface CeilingOptions {
  readonly clients: number;
  readonly durationS: number;
  readonly workers: number;
}

/**
 * Measures the highest request rate of this tool on this machine, with a server that only answers. A rate near that
 * ceiling describes the tool more than the server.
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
