import { BadArtifactError } from "./errors.ts";

/** Makes sure that a path is a file: to open a pipe would wait for ever. @throws BadArtifactError or Deno.errors.NotFound */
export async function requireRegularFile(path: string): Promise<void> {
  if (!(await Deno.stat(path)).isFile) throw new BadArtifactError(`"${path}" is not a file`);
}

/** The bytes of what has to be a file. @throws BadArtifactError or Deno.errors.NotFound */
export async function readRegularFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  await requireRegularFile(path);
  return await Deno.readFile(path);
}
