import { type Cost, costOfCommand, total } from "./measure.ts";
import { type BenchFrame, HRRR_GRID } from "./real_frames.ts";

export interface ChainCost {
  /** Cost of the chain by the DEFLATE level of the RGBA COG. */
  readonly costs: Readonly<Record<typeof LEVELS[number], Cost>>;
  /** Cost of each step, with the RGBA COG at GDAL's default level. */
  readonly steps: Readonly<Record<string, Cost>>;
}

/** DEFLATE levels: GDAL's default first, with which the chain's cost counts, then this project's level. */
export const LEVELS = ["6", "4"] as const;

const COG = ["-of", "COG", "-co", "BLOCKSIZE=512", "-co", "COMPRESS=DEFLATE", "-co", "PREDICTOR=NO"];

/** The parts of the chain that depend on the variable. */
interface ChainSpec {
  /** Makes the field on the source grid, in the messages' units, and returns its file. */
  derive(frame: BenchFrame, folder: string): Promise<{ path: string; cost: Cost }>;
  readonly resampling: { readonly warp: string; readonly overviews: string };
  /** Converts display units back to the derived field's units, for the table of colours. */
  toSource(shown: number): number;
  /** Arguments of `-scale` for the value grid, from the derived field's units to display units. */
  readonly scale: readonly string[];
  /** Arguments of gdal_contour, one list per call, in the derived field's units. */
  readonly contours: readonly (readonly string[])[];
}

const CONTINUOUS = { warp: "bilinear", overviews: "AVERAGE" };
const NO_COST: Cost = { wallMs: 0, cpuMs: 0 };
const MPH = 2.2369362921;

const SPECS: Readonly<Record<string, ChainSpec>> = {
  tmp2m: {
    derive: ({ files }) => Promise.resolve({ path: files[0]!, cost: NO_COST }),
    resampling: CONTINUOUS,
    toSource: (fahrenheit) => (fahrenheit + 459.67) / 1.8,
    scale: ["-scale", "0", "1", "-459.67", "-457.87"],
    contours: [["-fl", "273.15"], ["-i", "5.555555556", "-off", "255.372222222"]],
  },
  wspd10m: {
    // Wind speed as the modulus of a complex number, by GDAL's own pixel functions: computed during the warp.
    derive: async ({ files }, folder) => ({ path: await speedVrt(files, folder), cost: NO_COST }),
    resampling: CONTINUOUS,
    toSource: (mph) => mph / MPH,
    scale: ["-scale", "0", "1", "0", String(MPH)],
    contours: [],
  },
  radar_ptype: {
    derive: async ({ files }, folder) => {
      const path = `${folder}/codes.tif`;
      const inputs = files.flatMap((file, i) => [`-${"ABCDEFG"[i]}`, file]);
      // A: dBZ; B, C, D, E: rain, snow, ice pellets, freezing rain; F: rate at the ground; G: temperature.
      const unmasked = "where(F<=0,6,where(G>273.15,1,2))";
      const type = `where(E>0,4,where(D>0,3,where(C>0,where(B>0,5,2),where(B>0,1,${unmasked}))))`;
      const calc = `where(A<5,0,${type}*100+floor(A))`;
      const cost = await costOfCommand([
        "gdal_calc.py",
        ...inputs,
        "--calc",
        calc,
        "--outfile",
        path,
        "--type",
        "Float32",
        "--quiet",
        "--overwrite",
      ]);
      return { path, cost };
    },
    resampling: { warp: "near", overviews: "NEAREST" },
    toSource: (code) => code,
    scale: [],
    contours: [],
  },
};

/**
 * Runs GDAL's own programs, from GRIB messages to an RGBA COG, a value COG and contours on the model's grids. Values
 * stay in the messages' units until the last step, and so does the colour table; a cell gets the colour of the nearest
 * entry. The programs pass uncompressed GeoTIFFs to each other. The overviews of the chain's RGBA COG average colours
 * where this project averages values: the chain has no better method. The chain does not smooth or simplify contours
 * either.
 */
export async function runGdalChain(frame: BenchFrame, folder: string): Promise<ChainCost> {
  const spec = SPECS[frame.variable.id]!;
  const [table, warped, colored] = [`${folder}/colors.txt`, `${folder}/warped.tif`, `${folder}/colored.tif`];
  await Deno.writeTextFile(table, colorTable(frame, spec));
  const { westM, southM, eastM, northM, pixelSizeM } = HRRR_GRID;
  const extent = [westM, southM, eastM, northM].map(String);
  const run = (command: readonly string[]) =>
    costOfCommand([...command, "-q", "--config", "GRIB_NORMALIZE_UNITS", "NO"]);
  const derived = await spec.derive(frame, folder);
  const warp = await run([
    "gdalwarp",
    "-t_srs",
    "EPSG:3857",
    "-te",
    ...extent,
    "-tr",
    String(pixelSizeM),
    String(pixelSizeM),
    "-r",
    spec.resampling.warp,
    "-dstnodata",
    "nan",
    "-ot",
    "Float32",
    "-wm",
    "256",
    derived.path,
    warped,
  ]);
  const color = await run([
    "gdaldem",
    "color-relief",
    warped,
    table,
    colored,
    "-alpha",
    "-nearest_color_entry",
  ]);
  const pictures = {} as Record<typeof LEVELS[number], Cost>;
  for (const level of LEVELS) {
    const options = [...COG, "-co", `LEVEL=${level}`, "-co", `OVERVIEW_RESAMPLING=${spec.resampling.overviews}`];
    pictures[level] = await run(["gdal_translate", ...options, colored, `${folder}/rgba.${level}.tif`]);
  }
  const values = await run([
    "gdal_translate",
    ...COG,
    "-co",
    "OVERVIEW_RESAMPLING=NEAREST",
    ...spec.scale,
    warped,
    `${folder}/val.cog.tif`,
  ]);
  const lines = await Promise.all(spec.contours.map((args, i) =>
    run([
      "gdal_contour",
      "-a",
      "level",
      ...args,
      "-f",
      "GeoJSON",
      "-lco",
      "RFC7946=YES",
      "-lco",
      "COORDINATE_PRECISION=4",
      warped,
      `${folder}/contours${i}.geojson`,
    ])
  ));
  const shared = [derived.cost, warp, color, values, ...lines];
  const costs = Object.fromEntries(
    LEVELS.map((level) => [level, total([...shared, pictures[level]])]),
  ) as ChainCost["costs"];
  return {
    costs,
    steps: {
      "gdal_calc.py": derived.cost,
      "gdalwarp": warp,
      "gdaldem color-relief": color,
      "gdal_translate, picture": pictures[LEVELS[0]],
      "gdal_translate, values": values,
      "gdal_contour": total(lines),
    },
  };
}

/** Returns the value and colour of each palette entry; nodata and values that are not drawn are transparent black. */
function colorTable({ variable: { palette } }: BenchFrame, { toSource }: ChainSpec): string {
  const { min, max, colors } = palette;
  const at = (i: number) =>
    palette.type === "smooth" ? min + i * (max - min) / (colors.length - 1) : palette.edges[i]! + 2.5;
  const lines = colors.map((rgb, i) => `${toSource(at(i))} ${rgb.join(" ")} 255`);
  const nothing = palette.undrawn === undefined ? [] : [`0 0 0 0 0`];
  return ["nv 0 0 0 0", ...nothing, ...lines].join("\n") + "\n";
}

async function speedVrt([u, v]: readonly string[], folder: string): Promise<string> {
  const info = await new Deno.Command("gdal_translate", { args: ["-q", "-of", "VRT", u!, `${folder}/u.vrt`] }).output();
  if (!info.success) throw new Error(new TextDecoder().decode(info.stderr));
  const head = (await Deno.readTextFile(`${folder}/u.vrt`)).replace(/<VRTRasterBand[\s\S]*/, "");
  const source = (path: string) =>
    `<SimpleSource><SourceFilename>${path}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>`;
  const band = (type: string, pixelFunction: string, source: string, sourceType: string) =>
    `${head}<VRTRasterBand dataType="${type}" band="1" subClass="VRTDerivedRasterBand"><PixelFunctionType>` +
    `${pixelFunction}</PixelFunctionType><SourceTransferType>${sourceType}</SourceTransferType>${source}` +
    `</VRTRasterBand></VRTDataset>`;
  await Deno.writeTextFile(`${folder}/wind.vrt`, band("CFloat32", "complex", source(u!) + source(v!), "Float32"));
  const path = `${folder}/speed.vrt`;
  await Deno.writeTextFile(path, band("Float32", "mod", source(`${folder}/wind.vrt`), "CFloat32"));
  return path;
}
