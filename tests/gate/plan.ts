import { isBesideSource, isLong } from "./test_files.ts";

/** Test files that run in one `deno test` process. */
export interface Shard {
  readonly files: readonly string[];
  /** Expected duration, from the last run. */
  readonly seconds: number;
}

/**
 * Assumed duration of a file that no run has measured yet: a test in tests/ spans several folders and takes longer than
 * a test beside its file.
 */
const UNKNOWN_BROWSER_SECONDS = 150;
const UNKNOWN_LONG_SECONDS = 60;
const UNKNOWN_SPANNING_SECONDS = 10;
const UNKNOWN_SECONDS = 1;
/** Files that take longer get their own process; the others share one, since a process takes half a second to start. */
const ALONE_SECONDS = 10;
const SHARED_SECONDS = 20;

/**
 * Divides test files into shards that keep all cores busy to the end: long files alone and first, short files together.
 * Those beside their source are in shards of their own, which run in one isolate.
 * @param seconds duration of each file in its last run
 */
export function planShards(files: readonly string[], seconds: ReadonlyMap<string, number>): Shard[] {
  const secondsOf = (file: string) => seconds.get(file) ?? unknownSeconds(file);
  const isAlone = (file: string) => isLong(file) || secondsOf(file) >= ALONE_SECONDS;
  const short = files.filter((file) => !isAlone(file));
  return [
    ...files.filter(isAlone).map((file): Shard => ({ files: [file], seconds: secondsOf(file) })),
    ...sharedShards(short.filter(isBesideSource), secondsOf),
    ...sharedShards(short.filter((file) => !isBesideSource(file)), secondsOf),
  ].sort((a, b) => b.seconds - a.seconds);
}

function sharedShards(files: readonly string[], secondsOf: (file: string) => number): Shard[] {
  const shards: Shard[] = [];
  let [shared, seconds]: [string[], number] = [[], 0];
  for (const file of files) {
    if (seconds + secondsOf(file) > SHARED_SECONDS) {
      shards.push({ files: shared, seconds });
      [shared, seconds] = [[], 0];
    }
    shared.push(file);
    seconds += secondsOf(file);
  }
  return shared.length > 0 ? [...shards, { files: shared, seconds }] : shards;
}

/**
 * Removes the next shard to run from the waiting ones and returns it: one browser at a time, as long as other shards
 * are waiting. Each browser draws its maps on all cores, and three of them slow each other down.
 */
export function takeNext(waiting: Shard[], running: readonly Shard[]): Shard | undefined {
  const hasBrowser = ({ files }: Shard) => files.some(isOfBrowser);
  const other = running.some(hasBrowser) ? waiting.findIndex((shard) => !hasBrowser(shard)) : 0;
  return waiting.splice(Math.max(other, 0), 1)[0];
}

function isOfBrowser(file: string): boolean {
  return file.startsWith("tests/browser/");
}

function unknownSeconds(file: string): number {
  if (isOfBrowser(file)) return UNKNOWN_BROWSER_SECONDS;
  if (isLong(file)) return UNKNOWN_LONG_SECONDS;
  return /^tests\/[^/]+$/.test(file) ? UNKNOWN_SPANNING_SECONDS : UNKNOWN_SECONDS;
}
