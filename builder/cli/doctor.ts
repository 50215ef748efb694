import {
  type Configuration,
  ConfigurationError,
  parseConfiguration,
  shownSettings,
} from "../../contract/environment.ts";
import { type DataRoots, rootsBelow } from "../../contract/paths.ts";
import { locateAec } from "../grib/aec/locate.ts";
import { GdalUnusableError } from "../gdal/errors.ts";
import { gdal } from "../gdal/library.ts";
import { GdalNotFoundError } from "../gdal/locate.ts";
import { BYTES_PER_GB, freeBytes } from "../disk/free_bytes.ts";
import { removeIfThere, writeFileAtomically } from "../disk/atomic_write.ts";
import { requireRootsIfSetUp, RootError } from "../publish/root_markers.ts";
import { changesSince, describeStartup, readStartupRecords } from "../operations/startup_record.ts";
import { print } from "../operations/terminal.ts";

/**
 * The command `deno task doctor`: reports on this machine, with advice for everything that is missing. Exit code 1 when
 * something must be done.
 */

type Verdict = "ok" | "note" | "FAIL";

const OLDEST_DENO = [2, 9, 5] as const;

let failures = 0;

function report(verdict: Verdict, what: string, advice = ""): void {
  if (verdict === "FAIL") failures++;
  print(`${verdict.padEnd(5)} ${what}${advice ? `\n      ${advice}` : ""}`);
}

async function main(): Promise<void> {
  checkDeno();
  const hasGdal = checkGdal();
  const configuration = checkConfiguration();
  if (configuration) {
    const { roots, minFreeGb } = configuration;
    const isUsable = await checkRoots(roots, minFreeGb);
    if (hasGdal && isUsable) await checkStartupRecords(roots.data);
  }
  print(failures === 0 ? "\nNo problems found." : `\n${failures} problem${failures > 1 ? "s" : ""} to solve.`);
}

function checkDeno(): void {
  const have = Deno.version.deno.split(".").map(Number);
  const isNewEnough = OLDEST_DENO.map((wanted, i) => (have[i] ?? 0) - wanted).find((difference) => difference !== 0) ??
    0;
  if (isNewEnough >= 0) report("ok", `Deno ${Deno.version.deno}`);
  else {report(
      "FAIL",
      `Deno ${Deno.version.deno}`,
      `${OLDEST_DENO.join(".")} or newer is required: run deno upgrade, or use ./twf`,
    );}
}

/** Checks GDAL and libaec. @returns whether GDAL can be used */
function checkGdal(): boolean {
  try {
    const { version, path } = gdal();
    report("ok", `GDAL ${version} (${path}), with the drivers GRIB, COG, GTiff, MEM and GeoJSON`);
  } catch (error) {
    if (!(error instanceof GdalNotFoundError || error instanceof GdalUnusableError)) throw error;
    report(
      "FAIL",
      error.message,
      "On Debian or Ubuntu: apt-get install libgdal32 (the number differs between releases)",
    );
    return false;
  }
  const aec = locateAec();
  if (aec) report("ok", `libaec (${aec}) reads CCSDS-packed GRIB2 (ECMWF open data)`);
  else {
    report(
      "note",
      "CCSDS-packed GRIB2 (ECMWF open data) cannot be read: libaec was not found",
      "HRRR, GFS, RRFS and NAM do not need it. On Debian or Ubuntu: apt-get install libaec0",
    );
  }
  return true;
}

function checkConfiguration(): Configuration | null {
  const environment = Deno.env.toObject();
  try {
    const configuration = parseConfiguration(environment);
    const set = Object.entries(shownSettings(environment)).map(([name, value]) => `${name}=${value}`);
    report("ok", `Configuration: ${set.length === 0 ? "all defaults" : set.join(" ")}`);
    return configuration;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    report("FAIL", error.message, "Correct or unset these variables");
    return null;
  }
}

/** Reports versions and settings that changed since each process last started on this data. */
async function checkStartupRecords(dataRoot: string): Promise<void> {
  for (const before of await readStartupRecords(dataRoot)) {
    const changes = changesSince(before, describeStartup(before.process, Deno.env.toObject()));
    const since = `Since ${before.process} last started (${before.started_at})`;
    if (changes.length === 0) report("ok", `${since} nothing changed`);
    else {
      report(
        "note",
        `${since} this changed: ${changes.join(", ")}`,
        "The change takes effect at the next start; the settings shown are those of this shell",
      );
    }
  }
}

const ROOT_VARIABLES = {
  data: "TWF_V3_DATA_ROOT",
  staging: "TWF_V3_STAGING_ROOT",
  published: "TWF_V3_PUBLISH_ROOT",
  manifests: "TWF_V3_MANIFEST_ROOT",
} as const satisfies Record<keyof DataRoots, string>;

/** Checks all roots. @returns whether the data root can be written */
async function checkRoots(roots: DataRoots, minFreeGb: number): Promise<boolean> {
  try {
    await requireRootsIfSetUp(roots);
  } catch (error) {
    // No write is tried there: the file would end up beside the missing disk.
    if (!(error instanceof RootError)) throw error;
    report("FAIL", error.message);
    return false;
  }
  const isUsable = await checkFolder("data", roots.data, minFreeGb);
  for (const name of ["staging", "published", "manifests"] as const) {
    // A root in its default place below the data root needs no check of its own.
    if (roots[name] !== rootsBelow(roots.data)[name]) await checkFolder(name, roots[name], minFreeGb);
  }
  return isUsable;
}

/** Checks that a folder can be written and has enough free space. @returns whether it can be written */
async function checkFolder(name: keyof DataRoots, folder: string, minFreeGb: number): Promise<boolean> {
  const probe = `${folder}/.doctor`;
  try {
    await writeFileAtomically(probe, new Uint8Array(1));
    await removeIfThere(probe);
  } catch (error) {
    report("FAIL", (error as Error).message, `Make the folder writable for this user, or set ${ROOT_VARIABLES[name]}`);
    return false;
  }
  const freeGb = await freeBytes(folder) / BYTES_PER_GB;
  const what = `The folder of ${name} (${folder}) can be written, and has ${freeGb.toFixed(1)} GB free`;
  if (freeGb >= minFreeGb) report("ok", what);
  else report("FAIL", what, `TWF_V3_MIN_FREE_GB requires ${minFreeGb} GB: free some space, or lower it`);
  return true;
}

if (import.meta.main) {
  await main();
  Deno.exit(failures === 0 ? 0 : 1);
}
