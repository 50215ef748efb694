import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { allowedPaths } from "../../contract/allowed_paths.ts";
import { hostInUrl } from "../../contract/authority.ts";
import { ConfigurationError, parseConfiguration } from "../../contract/environment.ts";
import { locateAec } from "../grib/aec/locate.ts";
import { GdalNotFoundError, locateGdal } from "../gdal/locate.ts";
import { MODELS } from "../models/registry.ts";
import { LIBRARY_FOLDERS } from "../native_library.ts";

/** Needs of a builder command beyond reading the program, the system's libraries and the data. */
interface Needs {
  readonly script: string;
  /** Whether the command loads libgdal and libaec. */
  readonly isNative: boolean;
  readonly writes: boolean;
  /** Whether the command contacts upstream's hosts, or those that `--source` names. */
  readonly fetches: boolean;
  readonly sys: readonly string[];
  /** Further flags of this command, with the reason beside them. */
  readonly others?: readonly string[];
  /** Other needs that the command has with an option. */
  readonly withOption?: { readonly option: string; readonly needs: Pick<Needs, "writes" | "fetches"> };
}

const DATA = ["statfs", "systemMemoryInfo"];
const NOTHING = { isNative: false, writes: false, fetches: false, sys: [] };

export const COMMANDS: Readonly<Record<string, Needs>> = {
  "build-frame": { script: "builder/cli/build_frame.ts", isNative: true, writes: true, fetches: true, sys: ["statfs"] },
  "build-run": { script: "builder/cli/build_run.ts", isNative: true, writes: true, fetches: true, sys: DATA },
  schedule: { script: "builder/cli/schedule.ts", isNative: true, writes: true, fetches: true, sys: DATA },
  "check-model": { script: "builder/cli/check_model.ts", isNative: true, writes: true, fetches: true, sys: [] },
  verify: {
    ...NOTHING,
    script: "builder/cli/verify.ts",
    isNative: true,
    writes: true,
    sys: ["statfs"],
    withOption: { option: "refetch", needs: { writes: false, fetches: true } },
  },
  rollback: { ...NOTHING, script: "builder/cli/rollback.ts", writes: true },
  status: { ...NOTHING, script: "builder/cli/status.ts", sys: ["statfs"] },
  // The demo starts the server.
  demo: {
    script: "demo/demo.ts",
    isNative: true,
    writes: true,
    fetches: true,
    sys: DATA,
    others: ["--allow-run=deno"],
  },
  // The doctor reports on the whole machine.
  doctor: {
    ...NOTHING,
    script: "builder/cli/doctor.ts",
    isNative: true,
    writes: true,
    sys: [],
    others: ["--allow-sys"],
  },
};

const PROGRAM = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

export interface Confined {
  /** Flags of `deno run`, up to the script. */
  readonly flags: readonly string[];
  readonly script: string;
}

/**
 * Limits a command to its needs: loading the two native libraries, reading the program and the data, writing the data,
 * contacting upstream. Its options and the settings give the places. Faulty options and settings are left for the
 * command itself to report.
 */
export function confine(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Confined {
  if (!Object.hasOwn(COMMANDS, command)) throw new RangeError(`There is no command "${command}"`);
  const { script, isNative, writes, fetches, sys, others = [] } = needsOf(COMMANDS[command]!, args);
  const options = optionsOf(args);
  const data = dataFolders(command, options, environment);
  const sources = (options.source ?? environment.TWF_V3_SOURCE_PRIORITY?.split(",") ?? []).map((name) =>
    URL.parse(name)
  );
  const urls = sources.filter((url) => url !== null);
  const files = urls.filter(({ protocol }) => protocol === "file:").map((url) => fileURLToPath(url));
  const hosts = [
    ...(sources.length === 0 || sources.includes(null) ? UPSTREAM : []),
    ...urls.map(({ host }) => host).filter((host) => host !== ""),
  ];
  return {
    script,
    flags: [
      ...(isNative ? [`--allow-ffi=${allowedPaths(libraries(environment), Deno.realPathSync)}`] : []),
      "--allow-env",
      `--allow-read=${
        allowedPaths(
          [PROGRAM, ...LIBRARY_FOLDERS, ...libraries(environment), ...data, ...options.grib, ...files],
          Deno.realPathSync,
        )
      }`,
      ...(writes ? [`--allow-write=${allowedPaths(data, Deno.realPathSync)}`] : []),
      ...(fetches ? [`--allow-net=${[...hosts, ...LOCAL, ...bindHost(environment)].join(",")}`] : []),
      ...(sys.length > 0 ? [`--allow-sys=${sys.join(",")}`] : []),
      ...others,
    ],
  };
}

/** Returns the needs of a command with these arguments. */
function needsOf(needs: Needs, args: readonly string[]): Needs {
  const { withOption } = needs;
  return withOption && args.includes(`--${withOption.option}`) ? { ...needs, ...withOption.needs } : needs;
}

/** Hosts of all models' mirrors. */
export const UPSTREAM: readonly string[] = [
  ...new Set(MODELS.flatMap(({ sources }) => sources.map(({ baseUrl }) => new URL(baseUrl).host))),
];
/** Loopback hosts, on which metrics, the demo's bucket and the demo's server listen. */
const LOCAL = ["127.0.0.1", "localhost", "[::1]"];

interface Options {
  readonly dataRoot: string | null;
  readonly grib: readonly string[];
  /** Names of mirrors, or base URLs; null for those in the settings. */
  readonly source: readonly string[] | null;
}

/** Reads the options that name places; the command's own parser checks the rest. */
function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { "data-root": { type: "string" }, grib: { type: "string", multiple: true }, source: { type: "string" } },
    strict: false,
  });
  const text = (value: unknown) => typeof value === "string" && value !== "" ? value : null;
  return {
    dataRoot: text(values["data-root"]),
    grib: (values.grib ?? []).flatMap((path) => text(path) ?? []),
    source: text(values.source)?.split(",") ?? null,
  };
}

function dataFolders(command: string, { dataRoot }: Options, environment: Readonly<Record<string, string>>): string[] {
  if (dataRoot !== null) return [dataRoot];
  try {
    const { data, staging, published, manifests } = parseConfiguration(environment).roots;
    return command === "demo" ? [`${data}/demo`] : [data, staging, published, manifests];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [PROGRAM]; // no data is touched: the command reports the error
  }
}

function bindHost(environment: Readonly<Record<string, string>>): string[] {
  return environment.TWF_V3_HOST ? [hostInUrl(environment.TWF_V3_HOST)] : [];
}

function libraries(environment: Readonly<Record<string, string>>): string[] {
  return [gdalFile(environment), locateAec()].filter((path) => path !== null);
}

/** Returns the path of libgdal. A library that is not found is left for the command to report. */
function gdalFile(environment: Readonly<Record<string, string>>): string {
  try {
    return locateGdal(environment.TWF_V3_GDAL_LIB);
  } catch (error) {
    if (!(error instanceof GdalNotFoundError)) throw error;
    return environment.TWF_V3_GDAL_LIB || "/no/libgdal";
  }
}
