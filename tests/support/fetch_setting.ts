import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { leadOfHours } from "../../contract/lead.ts";
import { fakeMessage, type Fault, type FaultyBucket, faultyBucket, writeObject } from "./faulty_bucket.ts";
import { tempDir } from "./temp_dir.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import { instant, type MessageSelector } from "../../builder/grib/message_selector.ts";
import type { Source } from "../../builder/models/model.ts";
import {
  fetchMessages,
  type FetchRequest,
  type WantedMessage,
  wantedName,
} from "../../builder/sources/fetch_messages.ts";
import type { RetryPolicy } from "../../builder/sources/http_store.ts";
import type { CachedMessage } from "../../builder/sources/message_cache.ts";
import { AllSourcesFailedError } from "../../builder/sources/source_error.ts";
import { runId } from "./identity.ts";

/** Buckets, requests and outcomes for the tests of fetching: `fetch_messages`, `file_reader` and `race_sources`. */

export const POLICY: RetryPolicy = { retries: 2, firstDelayMs: 2, maxDelayMs: 10, timeoutMs: 2000 };
export const RUN = runId("20260129_17z");
export const FH = leadOfHours(1);
export const OBJECT_PATH = "hrrr.20260129/conus/hrrr.t17z.wrfsfcf01.grib2";
export const TMP2M: MessageSelector = { element: "TMP", level: "2 m above ground", statistic: "instant" };
export const DPT2M: MessageSelector = { ...TMP2M, element: "DPT" };
export const MESSAGE = fakeMessage(500, 3);
export const LAST_MESSAGE = fakeMessage(300, 2);

export const CACHED = [
  `cache/hrrr/20260129_17z/messages/${createHash("sha256").update(MESSAGE).digest("hex")}.grib2`,
  "cache/hrrr/20260129_17z/sfc/1/TMP-2-m-above-ground-instant.json",
];

export interface Setting extends AsyncDisposable {
  /** The buckets, one for each list of faults. */
  readonly buckets: readonly FaultyBucket[];
  readonly sources: readonly Source[];
  readonly dataRoot: string;
  readonly folder: string;
  /** Asks for one message. */
  readonly fetchWith: (change?: Partial<FetchRequest> & { selector?: MessageSelector }) => Promise<CachedMessage>;
}

export async function fetchOne(request: FetchRequest): Promise<CachedMessage> {
  const outcome = (await fetchMessages(request)).get(wantedName(request.wanted[0]!))!;
  if (outcome instanceof AllSourcesFailedError) throw outcome;
  return outcome;
}

/** Starts buckets over a folder that the test fills itself, each bucket with its own faults. */
export async function folderSetting(faults: readonly (readonly Fault[])[]) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir());
  const root = stack.use(await tempDir());
  const buckets = faults.map((faults) => stack.use(faultyBucket(folder.path, faults)));
  const sources = buckets.map(({ baseUrl }, i) => ({ id: ["first", "second", "third"][i]!, baseUrl }));
  const request: FetchRequest = {
    model: hrrr,
    run: RUN,
    lead: FH,
    wanted: [],
    sources,
    dataRoot: root.path,
    signal: new AbortController().signal,
    retryPolicy: POLICY,
  };
  const started = stack.move();
  return { buckets, sources, folder: folder.path, request, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** Writes an object of REFC, TMP and DPT one after the other: bytes 0–99, 100–599 and 600–899. */
function writeThree(folder: string): Promise<void> {
  return writeObject(`${folder}/${OBJECT_PATH}`, "2026012917", [
    { bytes: fakeMessage(100, 1), what: "REFC:entire atmosphere:1 hour fcst:" },
    { bytes: MESSAGE, what: "TMP:2 m above ground:1 hour fcst:" },
    { bytes: LAST_MESSAGE, what: "DPT:2 m above ground:1 hour fcst:" },
  ]);
}

/**
 * Starts buckets named `first`, `second` and so on, each with one object of three messages, for tests that request one
 * of them at a time.
 */
export async function bucketSetting(faults: readonly (readonly Fault[])[]): Promise<Setting> {
  const { request, ...started } = await folderSetting(faults);
  await writeThree(started.folder);
  return {
    ...started,
    dataRoot: request.dataRoot,
    fetchWith: ({ selector = TMP2M, ...change } = {}) =>
      fetchOne({ ...request, wanted: [{ product: "sfc", selector }], ...change }),
  };
}

export async function failureOf(promise: Promise<unknown>): Promise<AllSourcesFailedError> {
  const error = await promise.then(() => assert.fail("it did not fail"), (error: unknown) => error);
  assert.ok(error instanceof AllSourcesFailedError, String(error));
  return error;
}

export const REFC: WantedMessage = { product: "sfc", selector: instant("REFC", "entire atmosphere") };
export const TMP: WantedMessage = { product: "sfc", selector: TMP2M };
export const DPT: WantedMessage = { product: "sfc", selector: DPT2M };

/** Asks for several messages, and returns for each the provider that gave it, or the reasons why no source did. */
export async function outcomes(request: FetchRequest): Promise<Record<string, string | string[]>> {
  const fetched = await fetchMessages(request);
  return Object.fromEntries(
    [...fetched].map(([name, outcome]) => [
      name,
      outcome instanceof AllSourcesFailedError
        ? outcome.failures.map(({ source, error }) => `${source} ${error.failure}`)
        : outcome.provider,
    ]),
  );
}

export interface SeveralSetting extends AsyncDisposable {
  readonly buckets: readonly FaultyBucket[];
  readonly folder: string;
  /** A request to HRRR at forecast hour 1, which a test may change. */
  readonly request: FetchRequest;
}

/** Starts buckets with one object of REFC, TMP and DPT, and requests all three. */
export async function threeMessages(faults: readonly (readonly Fault[])[]): Promise<SeveralSetting> {
  const started = await folderSetting(faults);
  await writeThree(started.folder);
  return { ...started, request: { ...started.request, wanted: [DPT, REFC, TMP] } };
}

export const asked = (bucket: FaultyBucket | undefined) =>
  bucket!.requests.map(({ path, range }) => `${path.split("/").at(-1)} ${range}`);

export const RAIN = { element: "APCP", level: "surface", statistic: "accumulation" } as const;
