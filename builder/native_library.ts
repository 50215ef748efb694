/** Library folders of Debian multiarch, Fedora, local builds and Homebrew on either CPU, in order. */
export const LIBRARY_FOLDERS = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/local/lib",
  "/usr/lib",
  "/opt/homebrew/lib",
] as const;

/**
 * Finds a shared library in the first folder that has it, and returns its absolute path, or null. The newest versioned
 * name (`libgdal.so.32`, `libgdal.32.dylib`) goes before a plain one. A permission needs the absolute path, and a bare
 * name would be taken for a file of the working directory.
 * @param stem such as `libgdal`
 */
export function findLibrary(stem: string, folders: readonly string[] = LIBRARY_FOLDERS): string | null {
  for (const folder of folders) {
    const name = bestName(stem, folder);
    if (name !== null) return `${folder}/${name}`;
  }
  return null;
}

function bestName(stem: string, folder: string): string | null {
  const versioned = new RegExp(`^${stem}(?:\\.so\\.([0-9]+)|\\.([0-9]+)\\.dylib)$`);
  const names = listFolder(folder);
  const newest = names
    .map((name) => ({ name, match: versioned.exec(name) }))
    .filter(({ match }) => match !== null)
    .map(({ name, match }) => ({ name, version: Number(match![1] ?? match![2]) }))
    .sort((a, b) => b.version - a.version)[0];
  return newest?.name ?? [`${stem}.so`, `${stem}.dylib`].find((name) => names.includes(name)) ?? null;
}

export function isLibraryFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function listFolder(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
