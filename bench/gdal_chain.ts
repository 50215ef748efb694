import { type Cost, costOfCommand, total } from "./measure.ts";
import { DISPLAY_GRID, TMP2M, VALUE_GRID } from "./real_frames.ts";

export interface ChainCost {
  /** By the DEFLATE level of the picture. */
  readonly costs: Readonly<Record<typeof LEVELS[number], Cost>>;
  /** With the picture at GDAL's default level. */
  readonly steps: Readonly<Record<string, Cost>>;
}

/** GDAL's own default first: the chain's cost is with that; the picture is written once more at the other levels. */
export const LEVELS = ["6", "4", "1"] as const;

const COG = ["-of", "COG", "-co", "BLOCKSIZE=512", "-co", "COMPRESS=DEFLATE", "-co", "PREDICTOR=NO"];

/**
 * GDAL's own programs from a GRIB message to an RGBA COG and a value COG on the model's grids. Values stay Kelvin until
 * the last step (the colour table is in Kelvin); colours are those of the nearest entry, which is what ours does. What
 * they pass on is an uncompressed GeoTIFF. The picture's overviews average colours: the chain has no better.
 */
export async function runGdalChain(grib: string, folder: string): Promise<ChainCost> {
  const [table, warped, colored] = [`${folder}/colors.txt`, `${folder}/warped.tif`, `${folder}/colored.tif`];
  await Deno.writeTextFile(table, colorTable());
  const { westM, southM, eastM, northM, pixelSizeM } = DISPLAY_GRID;
  const extent = [westM, southM, eastM, northM].map(String);
  const run = (command: readonly string[]) =>
    costOfCommand([...command, "-q", "--config", "GRIB_NORMALIZE_UNITS", "NO"]);
  const warp = await run([
    ...["gdalwarp", "-t_srs", "EPSG:3857", "-te", ...extent, "-tr", String(pixelSizeM), String(pixelSizeM)],
    ...["-r", "bilinear", "-dstnodata", "nan", "-ot", "Float32", "-wm", "256", grib, warped],
  ]);
  const color = await run([
    ...["gdaldem", "color-relief", warped, table, colored, "-alpha", "-nearest_color_entry"],
  ]);
  const pictures = {} as Record<typeof LEVELS[number], Cost>;
  for (const level of LEVELS) {
    const options = [...COG, "-co", `LEVEL=${level}`, "-co", "OVERVIEW_RESAMPLING=AVERAGE"];
    pictures[level] = await run(["gdal_translate", ...options, colored, `${folder}/rgba.${level}.tif`]);
  }
  const values = await run([
    ...["gdal_translate", ...COG, "-co", "OVERVIEW_RESAMPLING=NEAREST", "-r", "average"],
    ...["-outsize", String(VALUE_GRID.width), String(VALUE_GRID.height)],
    ...["-scale", "0", "1", "-459.67", "-457.87", warped, `${folder}/val.cog.tif`], // K to °F
  ]);
  const costs = Object.fromEntries(
    LEVELS.map((level) => [level, total([warp, color, values, pictures[level]])]),
  ) as ChainCost["costs"];
  return {
    costs,
    steps: {
      "gdalwarp": warp,
      "gdaldem color-relief": color,
      "gdal_translate, picture": pictures[LEVELS[0]],
      "gdal_translate, values": values,
    },
  };
}

/** Kelvin and colour of each entry; nodata is transparent black. */
function colorTable(): string {
  const { min, max, colors } = TMP2M.palette;
  const lines = colors.map((rgb, i) => {
    const valueF = min + i * (max - min) / (colors.length - 1);
    return `${(valueF + 459.67) / 1.8} ${rgb.join(" ")} 255`;
  });
  return ["nv 0 0 0 0", ...lines].join("\n") + "\n";
}
