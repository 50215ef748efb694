import { CASES, goldenFile, runCase } from "./cases.ts";

/** Rewrites the golden files with the code's current results. Review the difference before it is committed. */
for (const golden of CASES) {
  await Deno.writeTextFile(goldenFile(golden.name), JSON.stringify(runCase(golden), null, 2) + "\n");
}
