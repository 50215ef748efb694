import { answerJobs } from "../../builder/operations/worker_pool.ts";

/** A Worker that behaves as its job says: it answers, throws, crashes, or hangs. */
answerJobs((job: string) => {
  if (job === "throw") throw new TypeError("as told");
  if (job === "crash") setTimeout(() => reportError(new Error("crashed as told")), 0);
  if (job === "hang" || job === "crash") return new Promise<string>(() => {});
  return job;
});
