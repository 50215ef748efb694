import * as z from "zod";
import { nearestName } from "./nearest_name.ts";
import { type Network, parseNetwork } from "./network.ts";
import { type DataRoots, rootsBelow } from "./paths.ts";
import { parsePublicUrl, type PublicUrl } from "./public_url.ts";

/**
 * The one configuration object, read from environment variables that begin with `TWF_V3_`. A variable that is not set
 * has its default; a wrong value stops the start with a message that names the variable.
 */

const wholeNumber = (least: number, most: number, fallback: number) =>
  z.string().regex(/^[0-9]{1,7}$/, `expected a whole number from ${least} to ${most}`).transform(Number)
    .refine((n) => n >= least && n <= most, `expected a whole number from ${least} to ${most}`)
    .optional().transform((n) => n ?? fallback);

const text = (fallback: string) => z.string().optional().transform((value) => value ?? fallback);

const list = z.string()
  .regex(/^[^,\s]+(,[^,\s]+)*$/, "expected names separated by commas")
  .transform((value) => value.split(","))
  .optional();

/** Schema of a comma-separated list. `parse` reads each item and returns null for an item of the wrong form. */
const listOf = <T>(parse: (text: string) => T | null, expected: string) =>
  z.string().optional().transform((text, context) => {
    const values = text?.split(",").map((part) => parse(part.trim())) ?? [];
    if (values.includes(null)) context.addIssue({ code: "custom", message: expected });
    return values.filter((value) => value !== null);
  });

const PUBLIC_URLS =
  "expected URLs such as https://maps.example.org or https://example.org/weather, separated by commas; a path must not begin with one of the server's own paths";
const NETWORKS = "expected addresses and networks such as 10.0.0.5 or 172.16.0.0/12, separated by commas";

const environmentSchema = z.object({
  TWF_V3_DATA_ROOT: text("./data/v3"),
  TWF_V3_STAGING_ROOT: z.string().optional(),
  TWF_V3_PUBLISH_ROOT: z.string().optional(),
  TWF_V3_MANIFEST_ROOT: z.string().optional(),
  TWF_V3_PUBLISH_ENABLED: z.enum(["true", "false"], { error: "expected true or false" }).optional()
    .transform((enabled) => enabled !== "false"),
  TWF_V3_WORKERS: wholeNumber(1, 16, 0),
  TWF_V3_TILE_SIZE: z.enum(["256", "512"], { error: "expected 256 or 512" }).optional()
    .transform((size) => Number(size ?? "512")),
  TWF_V3_PORT: wholeNumber(0, 65535, 8200),
  TWF_V3_HOST: z.string().regex(/^[A-Za-z0-9.:-]+$/, "expected a host name or an IP address").optional()
    .transform((host) => host ?? "127.0.0.1"),
  TWF_V3_PUBLIC_URL: listOf(parsePublicUrl, PUBLIC_URLS),
  TWF_V3_TRUSTED_PROXIES: listOf(parseNetwork, NETWORKS),
  TWF_V3_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"], { error: "expected debug, info, warn or error" })
    .optional()
    .transform((level) => level ?? "info"),
  TWF_V3_APP_NAME: text("twf-v3"),
  TWF_V3_ENVIRONMENT: text("production"),
  TWF_V3_INSTANCE: z.string().regex(/^[A-Za-z0-9._@-]{1,64}$/, "expected a name of letters, digits and ._@-")
    .optional(),
  TWF_V3_METRICS_PORT: wholeNumber(0, 65535, 0),
  TWF_V3_GDAL_LIB: z.string().startsWith("/", "expected the absolute path of a libgdal file").optional(),
  TWF_V3_SOURCE_PRIORITY: list,
  TWF_V3_KEEP_RUNS: wholeNumber(1, 1000, 2),
  TWF_V3_KEEP_HAND_BUILT_HOURS: wholeNumber(0, 10_000, 48),
  TWF_V3_MIN_FREE_GB: wholeNumber(0, 100_000, 2),
  TWF_V3_BLOCK_CACHE_MB: wholeNumber(8, 1_000_000, 128),
  TWF_V3_TILE_CACHE_MB: wholeNumber(0, 1_000_000, 64),
  TWF_V3_DRAW_THREADS: wholeNumber(1, 64, 0),
  TWF_V3_PREFETCH_RINGS: wholeNumber(0, 3, 0),
  TWF_V3_PREFETCH_HOURS: wholeNumber(0, 12, 5),
  TWF_V3_WARM_ZOOMS: wholeNumber(0, 6, 5),
  TWF_V3_MAX_QUEUED_TILES: wholeNumber(1, 100_000, 1000),
  TWF_V3_SAMPLES_PER_SECOND: wholeNumber(0, 100_000, 0),
  TWF_V3_ALLOW_RESET: z.enum(["true", "false"], { error: "expected true or false" }).optional()
    .transform((allowed) => allowed === "true"),
  TWF_V3_BASEMAP_STYLE_URL: z.url({ protocol: /^https?$/, error: "expected an http or https URL" }).optional(),
  TWF_V3_REDIS_URL: z.url({ protocol: /^rediss?$/, error: "expected a redis:// URL" }).optional(),
});

export interface Configuration {
  readonly roots: DataRoots;
  /** False: frames are built and validated, but the latest run of readers does not change. */
  readonly publishEnabled: boolean;
  /** Parallel build jobs; 0 means one per core. */
  readonly workers: number;
  readonly tileSizePx: number;
  readonly port: number;
  readonly host: string;
  /** Public URLs of the server; empty when none is configured. */
  readonly publicUrls: readonly PublicUrl[];
  /** Proxies outside this machine whose headers about their clients are trusted. */
  readonly trustedProxies: readonly Network[];
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly appName: string;
  readonly environment: string;
  /** Name of this process in logs that several processes share; null for its default name. */
  readonly instance: string | null;
  /** Port on 127.0.0.1 where the scheduler serves metrics; 0 for none. */
  readonly metricsPort: number;
  readonly gdalLibrary: string | null;
  /** Source ids in the order to try them, or null for the model's own order. */
  readonly sourcePriority: readonly string[] | null;
  readonly keepRuns: number;
  /** Hours that retention keeps a run built by hand or to catch up. */
  readonly keepHandBuiltHours: number;
  readonly minFreeGb: number;
  readonly blockCacheMb: number;
  readonly tileCacheMb: number;
  /** Threads that draw tiles; 0 means one per core, at most four. */
  readonly drawThreads: number;
  readonly prefetch: {
    /** Rings of neighbours to prefetch around a requested tile: 1 is 8 tiles, 2 are 24. */
    readonly rings: number;
    /** Hours to prefetch when a client requests the same tile hour after hour. */
    readonly hours: number;
    /** Number of zooms of the page's first view that are prefetched before the first request: 5 is zooms 0 to 4. */
    readonly warmZooms: number;
  };
  /** Tiles that may wait to be drawn; further requests are refused until later. */
  readonly maxQueuedTiles: number;
  /** Points that a client may request per second on average; 0 for no limit. */
  readonly samplesPerSecond: number;
  /** Whether programs on this machine may empty the server's caches, for measurements. */
  readonly allowReset: boolean;
  readonly basemapStyleUrl: string | null;
  readonly redisUrl: string | null;
}

/** The names of all variables that configure the project. */
export const CONFIGURATION_VARIABLES: readonly string[] = Object.keys(environmentSchema.shape);

/** Known variables outside the configuration: the launcher and the installation script use them between each other. */
const OTHER_VARIABLES = ["TWF_V3_LIBGDAL_FILE", "TWF_V3_PREFIX", "TWF_V3_ETC", "TWF_V3_DATA"];

/** An environment that the project cannot start with. The message names each wrong variable. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

/**
 * Reads the configuration. An empty variable counts as not set.
 * @throws ConfigurationError naming each variable with a wrong value, its value and the accepted ones.
 */
export function parseConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const given = Object.fromEntries(
    CONFIGURATION_VARIABLES.map((name) => [name, environment[name]]).filter(([, value]) => value),
  );
  const parsed = environmentSchema.safeParse(given);
  const wrong = (parsed.error?.issues ?? []).map((issue) => {
    const name = String(issue.path[0]);
    return `${name}="${given[name]}": ${issue.message}`;
  });
  const lines = [...misspeltNames(environment), ...wrong];
  if (!parsed.success || lines.length > 0) {
    throw new ConfigurationError(`Cannot start with this environment: ${lines.join("; ")}`);
  }
  const env = parsed.data;
  const below = rootsBelow(env.TWF_V3_DATA_ROOT);
  return {
    roots: {
      data: env.TWF_V3_DATA_ROOT,
      staging: env.TWF_V3_STAGING_ROOT ?? below.staging,
      published: env.TWF_V3_PUBLISH_ROOT ?? below.published,
      manifests: env.TWF_V3_MANIFEST_ROOT ?? below.manifests,
    },
    publishEnabled: env.TWF_V3_PUBLISH_ENABLED,
    workers: env.TWF_V3_WORKERS,
    tileSizePx: env.TWF_V3_TILE_SIZE,
    port: env.TWF_V3_PORT,
    host: env.TWF_V3_HOST,
    publicUrls: env.TWF_V3_PUBLIC_URL,
    trustedProxies: env.TWF_V3_TRUSTED_PROXIES,
    logLevel: env.TWF_V3_LOG_LEVEL,
    appName: env.TWF_V3_APP_NAME,
    environment: env.TWF_V3_ENVIRONMENT,
    instance: env.TWF_V3_INSTANCE ?? null,
    metricsPort: env.TWF_V3_METRICS_PORT,
    gdalLibrary: env.TWF_V3_GDAL_LIB ?? null,
    sourcePriority: env.TWF_V3_SOURCE_PRIORITY ?? null,
    keepRuns: env.TWF_V3_KEEP_RUNS,
    keepHandBuiltHours: env.TWF_V3_KEEP_HAND_BUILT_HOURS,
    minFreeGb: env.TWF_V3_MIN_FREE_GB,
    blockCacheMb: env.TWF_V3_BLOCK_CACHE_MB,
    tileCacheMb: env.TWF_V3_TILE_CACHE_MB,
    drawThreads: env.TWF_V3_DRAW_THREADS,
    prefetch: {
      rings: env.TWF_V3_PREFETCH_RINGS,
      hours: env.TWF_V3_PREFETCH_HOURS,
      warmZooms: env.TWF_V3_WARM_ZOOMS,
    },
    maxQueuedTiles: env.TWF_V3_MAX_QUEUED_TILES,
    samplesPerSecond: env.TWF_V3_SAMPLES_PER_SECOND,
    allowReset: env.TWF_V3_ALLOW_RESET,
    basemapStyleUrl: env.TWF_V3_BASEMAP_STYLE_URL ?? null,
    redisUrl: env.TWF_V3_REDIS_URL ?? null,
  };
}

/** Messages about unknown names: a setting that is ignored silently is worse than a start that stops. */
function misspeltNames(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = [...CONFIGURATION_VARIABLES, ...OTHER_VARIABLES];
  const unknown = Object.keys(environment).filter((name) => name.startsWith("TWF_V3_") && !known.includes(name));
  return unknown.map((name) => `unknown variable ${name}: did you mean ${nearestName(name, CONFIGURATION_VARIABLES)}?`);
}

/** Whether a setting must not be shown: a URL may hold a password. The server's public URL is no secret. */
function isSecret(name: string): boolean {
  return name.endsWith("_URL") && name !== "TWF_V3_PUBLIC_URL";
}

/** The settings that are set, with secrets hidden. */
export function shownSettings(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const set = CONFIGURATION_VARIABLES.filter((name) => environment[name]);
  return Object.fromEntries(set.map((name) => [name, isSecret(name) ? "(set)" : environment[name]!]));
}
