import { fileURLToPath } from "node:url";

/**
 * Folder of real weather data beside the project, never copied into it; its SOURCES.md names the source of each file.
 */
const FOLDER = fileURLToPath(new URL("../../../shared/data/grib/", import.meta.url));

const isPresent = isFolder(FOLDER);

/**
 * Returns the absolute path of a file of real data, or null when the data is not on this machine.
 * @throws Error when the data is missing where the tests must not skip (CI), or when the folder has no such file
 */
export function sharedData(path: string): string | null {
  if (!isPresent) {
    if (Deno.env.get("CI")) throw new Error(`CI needs the real data files: "${FOLDER}" is missing`);
    return null;
  }
  Deno.statSync(FOLDER + path);
  return FOLDER + path;
}

/** Returns the path of a file of real data, inside a test that `testWithSharedData` registered. */
export function requireSharedData(path: string): string {
  const found = sharedData(path);
  if (found === null) throw new Error(`"${FOLDER}" is missing`);
  return found;
}

/** Registers a test on real data: without the data the test is skipped with one line, or fails in CI. */
export function testWithSharedData(name: string, fn: (t: Deno.TestContext) => void | Promise<void>): void {
  const mustRun = isPresent || Boolean(Deno.env.get("CI"));
  Deno.test({
    name: mustRun ? name : `${name} (skipped: ../shared/data is not here)`,
    ignore: !mustRun,
    fn: (t) => {
      sharedData("");
      return fn(t);
    },
  });
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
