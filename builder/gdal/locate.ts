/**
 * Finds the libgdal file. Run as a script it prints the path, which is what `--allow-ffi` is then limited to.
 * A bare library name would do for the system's loader, but a permission needs the absolute path.
 * With `--for-permission` it prints a name that exists nowhere when there is no library, and leaves it to the command
 * that follows to say so.
 */

/** Folders of Debian multiarch, Fedora, local builds and Homebrew on either CPU, in order. */
const FOLDERS = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/local/lib",
  "/usr/lib",
  "/opt/homebrew/lib",
];

const VERSIONED = /^libgdal(\.so\.([0-9]+)|\.([0-9]+)\.dylib)$/;
const PLAIN = ["libgdal.so", "libgdal.dylib"];

/** libgdal was not found. The message lists what was tried and how to name the file. */
export class GdalNotFoundError extends Error {
  override readonly name = "GdalNotFoundError";
}

/**
 * The absolute path of the library: `override` when it is given, otherwise the newest versioned name, then a plain one.
 * @throws GdalNotFoundError
 */
export function locateGdal(override: string | undefined, folders: readonly string[] = FOLDERS): string {
  const help = "Install GDAL 3.6 or newer, or name the library file in TWF_V3_GDAL_LIB";
  if (override) {
    if (isFile(override)) return override;
    throw new GdalNotFoundError(
      `Cannot find libgdal: TWF_V3_GDAL_LIB names "${override}", which is not a file. ${help}`,
    );
  }
  for (const folder of folders) {
    const name = bestName(folder);
    if (name !== null) return `${folder}/${name}`;
  }
  const tried = folders.map((folder) => `${folder}/libgdal.so.N, ${folder}/libgdal.so`).join("; ");
  throw new GdalNotFoundError(`Cannot find libgdal. Tried: ${tried}. ${help}`);
}

function bestName(folder: string): string | null {
  const names = listFolder(folder);
  const versioned = names
    .map((name) => ({ name, match: VERSIONED.exec(name) }))
    .filter(({ match }) => match !== null)
    .map(({ name, match }) => ({ name, version: Number(match![2] ?? match![3]) }))
    .sort((a, b) => b.version - a.version);
  return versioned[0]?.name ?? PLAIN.find((name) => names.includes(name)) ?? null;
}

function listFolder(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

if (import.meta.main) {
  const write = (stream: { writeSync(bytes: Uint8Array): number }, line: string) =>
    stream.writeSync(new TextEncoder().encode(line + "\n"));
  try {
    write(Deno.stdout, locateGdal(Deno.env.get("TWF_V3_GDAL_LIB")));
  } catch (error) {
    if (!(error instanceof GdalNotFoundError)) throw error;
    if (Deno.args.includes("--for-permission")) {
      write(Deno.stdout, Deno.env.get("TWF_V3_GDAL_LIB") || "/no/libgdal");
      Deno.exit(0);
    }
    write(Deno.stderr, error.message);
    Deno.exit(2);
  }
}
