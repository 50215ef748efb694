import { answerJobs } from "../../builder/operations/worker_pool.ts";

/** A Worker that behaves as its job says: it answers, throws, crashes, hangs, or reports a part before it does so. */
answerJobs((job: string, report: (part: string) => void) => {
  const [last, ...parts] = job.split(" after ");
  parts.forEach(report);
  if (last === "throw") throw new TypeError("as told");
  if (last === "crash") setTimeout(() => reportError(new Error("crashed as told")), 0);
  if (last === "hang" || last === "crash") return new Promise<string>(() => {});
  return last!;
});
