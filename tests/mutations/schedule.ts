import type { Mutation } from "./mutation.ts";

const ROUNDS = ["builder/schedule/schedule_test.ts", "tests/long/schedule_faults_test.ts"];

/** Wrong changes of the scheduler. */
export const SCHEDULE: readonly Mutation[] = [
  {
    what: "when a Worker dies, the frames that it had built fail as well",
    file: "builder/hour/build_hour.ts",
    from: "of waiting.values()) {",
    to: "of group) {",
    tests: ["builder/hour/build_hour_test.ts"],
  },
  {
    what: "an attempt that ends with the process is not counted",
    file: "builder/schedule/attempts.ts",
    from: "{ attempts: entry.attempts + 1, is_suspect: true, reason: DIED }",
    to: "{ attempts: entry.attempts, is_suspect: true, reason: DIED }",
    tests: ["builder/schedule/attempts_test.ts"],
  },
  {
    what: "a clock that was set back prolongs the pause before a retry",
    file: "builder/schedule/attempts.ts",
    from: "return nowMs >= entry.not_before || wasSetBack;",
    to: "return nowMs >= entry.not_before;",
    tests: ["builder/schedule/attempts_test.ts", "tests/long/schedule_faults_test.ts"],
  },
  {
    what: "the attempts of a run that is not wanted stay in memory",
    file: "builder/schedule/attempts.ts",
    from:
      "    for (const [name, entry] of this.#entries) if (entry.run === run) this.#entries.delete(name);\n    await this.#save(run);\n  }\n\n  #backOff",
    to: "    await this.#save(run);\n  }\n\n  #backOff",
    tests: ["builder/schedule/attempts_test.ts"],
  },
  {
    what: "the cached messages of a frame that killed its process are kept",
    file: "builder/schedule/attempts.ts",
    from: "for (const path of files) if (path.startsWith(`${dataRoot}/cache/`)) await removeIfThere(path);",
    to: "",
    tests: ["builder/schedule/attempts_test.ts"],
  },
  {
    what: "a stop signal uses up an attempt of each frame in work",
    file: "builder/schedule/schedule.ts",
    from: "    await releaseAll(attempts, schedule);\n",
    to: "",
    tests: ["tests/long/schedule_faults_test.ts"],
  },
  {
    what: "a host with a limit of requests is asked in each quick round",
    file: "builder/schedule/schedule.ts",
    from: "return isFull || unlimited.length === 0 ? all : unlimited;",
    to: "return all;",
    tests: ["builder/schedule/learned_rounds_test.ts"],
  },
  {
    what: "the arrivals of published frames are not noted",
    file: "builder/schedule/schedule.ts",
    from: "      noteArrivals(outcomes, schedule, memory);\n",
    to: "",
    tests: ["builder/schedule/learned_rounds_test.ts"],
  },
  {
    what: "the delays of one kind of cycle are taken for those of another",
    file: "builder/schedule/arrival_history.ts",
    from: "other !== run && cycleOf(this.#model, other) === cycle",
    to: "other !== run",
    tests: ["builder/schedule/arrival_history_test.ts"],
  },
  {
    what: "the time of an archive counts as an arrival",
    file: "builder/schedule/arrival_history.ts",
    from: "if (!cycle || !(delayS >= 0 && delayS <= longestDelayS(cycle))) return;",
    to: "if (!cycle) return;",
    tests: ["builder/schedule/arrival_history_test.ts"],
  },
  {
    what: "chance lengthens the wait for a learned arrival beyond it",
    file: "builder/schedule/poll_interval.ts",
    from: "(1 - JITTER + JITTER * random)",
    to: "jitter",
    tests: ["builder/schedule/poll_interval_test.ts"],
  },
  {
    what: "the cached messages of a finished run stay on the disk",
    file: "builder/schedule/schedule.ts",
    from: "  await clearCache(roots.data, model.id, run);\n",
    to: "",
    tests: ROUNDS,
  },
  {
    what: "retention may remove runs that are being built",
    file: "builder/schedule/schedule.ts",
    from: "const building = runs.filter((run) => !memory.finished.has(run));",
    to: "const building: RunId[] = [];",
    tests: ROUNDS,
  },
  {
    what: "every quick round promotes and removes",
    file: "builder/schedule/schedule.ts",
    from: "const isFull = Math.abs(nowMs - memory.fullRoundMs) >= FULL_ROUND_MS;",
    to: "const isFull = true;",
    tests: ["builder/schedule/learned_rounds_test.ts"],
  },
  {
    what: "retention runs in quick rounds too",
    file: "builder/schedule/schedule.ts",
    from: "  if (isFull) isBroken = await isBrokenBy(schedule, null, () => retain(",
    to: "  isBroken = await isBrokenBy(schedule, null, () => retain(",
    tests: ["builder/schedule/learned_rounds_test.ts"],
  },
];
