/** GDAL's own programs, as readers that are independent of this project's code. */

/** Runs a program of gdal-bin and returns its standard output. @throws Error with its standard error when it fails */
export async function gdalTool(
  name: string,
  args: readonly string[],
  options: { stdin?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const child = new Deno.Command(name, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { GDAL_PAM_ENABLED: "NO", ...options.env },
  }).spawn();
  const feeding = feed(child.stdin, options.stdin ?? "");
  const [output] = await Promise.all([child.output(), feeding]);
  if (!output.success) throw new Error(`${name} failed: ${new TextDecoder().decode(output.stderr)}`);
  return new TextDecoder().decode(output.stdout);
}

async function feed(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}

export interface RasterLevel {
  readonly width: number;
  readonly height: number;
  /** Raw pixels, all bands of a pixel together. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads the full image and its overviews as raw bytes, by gdal_translate. */
export async function readLevels(path: string): Promise<RasterLevel[]> {
  const info = JSON.parse(await gdalTool("gdalinfo", ["-json", path])) as {
    size: [number, number];
    bands: { overviews: { size: [number, number] }[] }[];
  };
  const sizes = [info.size, ...info.bands[0]!.overviews.map(({ size }) => size)];
  const folder = await Deno.makeTempDir({ prefix: "twf-levels-" });
  try {
    const levels: RasterLevel[] = [];
    for (const [i, [width, height]] of sizes.entries()) {
      const out = `${folder}/level.bin`;
      const overview = i === 0 ? [] : ["-oo", `OVERVIEW_LEVEL=${i - 1}`];
      await gdalTool("gdal_translate", ["-q", ...overview, "-of", "ENVI", "-co", "INTERLEAVE=BIP", path, out]);
      levels.push({ width, height, bytes: await Deno.readFile(out) });
    }
    return levels;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
