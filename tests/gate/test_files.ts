/** Folders of long tests: a browser, all of the real data, many processes, a storm of faults. */
const LONG = ["tests/browser/", "tests/long/"];
/**
 * Folder of tests that install everything on bare machines. They are run before a release, by name, and take minutes.
 */
const BY_NAME = "tests/rehearsal/";
const ROOMS = ["bench", "builder", "concurrency", "contract", "demo", "islands", "routes", "server", "tests"];

/** Whether a file is left out of `./twf test --quick`. */
export function isLong(path: string): boolean {
  return LONG.some((folder) => path.startsWith(folder));
}

/** Whether a file stands beside the source that it tests; the files in tests/ span several folders. */
export function isBesideSource(path: string): boolean {
  return !path.startsWith("tests/") || path.startsWith("tests/gate/") || path.startsWith("tests/support/");
}

/** Returns the test files of the gate as paths from the project's root: all files but those that are run by name. */
export async function allTestFiles(root: string): Promise<string[]> {
  const files = (await Promise.all(ROOMS.map((room) => testFilesUnder(root, room)))).flat();
  return files.filter((path) => !path.startsWith(BY_NAME));
}

/**
 * Returns the test files that a path names: the file itself, or the files of a folder.
 * @throws Error when there are none
 */
export async function namedTestFiles(root: string, path: string): Promise<string[]> {
  const name = path.replace(/^\.\//, "").replace(/\/+$/, "");
  const found = /^$|^\/|(^|\/)\.\.?(\/|$)/.test(name) ? [] : await testFilesUnder(root, name);
  if (found.length > 0) return found;
  throw new Error(`"${path}": expected a file whose name ends with _test.ts, or a folder with some, below the project`);
}

async function testFilesUnder(root: string, path: string): Promise<string[]> {
  if (/_test\.tsx?$/.test(path)) return await isFile(`${root}/${path}`) ? [path] : [];
  const files: string[] = [];
  try {
    for await (const { name, isDirectory, isFile } of Deno.readDir(`${root}/${path}`)) {
      if (isDirectory || (isFile && /_test\.tsx?$/.test(name))) {
        files.push(...await testFilesUnder(root, `${path}/${name}`));
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
  }
  return files.sort();
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
