import { isLong } from "./test_files.ts";

/** Files that one `deno test` goes through. */
export interface Shard {
  readonly files: readonly string[];
  /** As far as the last run tells. */
  readonly seconds: number;
}

/** What a file takes of which no run has told yet: what spans rooms takes longer than what stands beside its file. */
const UNKNOWN_BROWSER_SECONDS = 150;
const UNKNOWN_LONG_SECONDS = 60;
const UNKNOWN_SPANNING_SECONDS = 10;
const UNKNOWN_SECONDS = 1;
/** Files that take longer have a process of their own; the others share, since a process takes half a second to start. */
const ALONE_SECONDS = 10;
const SHARED_SECONDS = 20;

/**
 * Deals test files out so that all cores are busy to the end: long ones alone and first, short ones together.
 * @param seconds what each file took at the last run
 */
export function planShards(files: readonly string[], seconds: ReadonlyMap<string, number>): Shard[] {
  const secondsOf = (file: string) => seconds.get(file) ?? unknownSeconds(file);
  const shards: Shard[] = [];
  let shared: string[] = [];
  let sharedSeconds = 0;
  const closeShared = () => {
    if (shared.length > 0) shards.push({ files: shared, seconds: sharedSeconds });
    [shared, sharedSeconds] = [[], 0];
  };
  for (const file of files) {
    const own = secondsOf(file);
    if (own >= ALONE_SECONDS || isLong(file)) {
      shards.push({ files: [file], seconds: own });
      continue;
    }
    if (sharedSeconds + own > SHARED_SECONDS) closeShared();
    shared.push(file);
    sharedSeconds += own;
  }
  closeShared();
  return shards.sort((a, b) => b.seconds - a.seconds);
}

/**
 * Takes the shard out of those that wait that is to be run beside others: one browser at a time, as long as there is
 * anything else. Each draws its maps on all cores, and three of them take each other's time.
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
