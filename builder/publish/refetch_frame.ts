import type { FrameId } from "../../contract/identity.ts";
import { modelGeometry } from "../../contract/models.ts";
import {
  type ArtifactKind,
  artifactName,
  artifactPath,
  type DataKind,
  type DataRoots,
  locate,
} from "../../contract/paths.ts";
import { describedArtifacts, type Receipt, receiptSchema, type Sidecar } from "../../contract/sidecar.ts";
import { readRegularFile } from "../disk/read_file.ts";
import { buildFrame, type BuiltFrame } from "../frame/build_frame.ts";
import { type FrameInput, wantedMessages } from "../frame/frame_input.ts";
import type { MessageDecoder } from "../frame/message_decoder.ts";
import { GateError } from "../gates/gate_error.ts";
import { GdalError } from "../gdal/errors.ts";
import { gdal } from "../gdal/library.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import { BadGribError, type Bytes } from "../grib/messages.ts";
import { messageLead, type MessageSelector } from "../grib/message_selector.ts";
import type { Model, Variable } from "../models/model.ts";
import { UnknownNameError } from "../models/registry.ts";
import { remoteFile } from "../sources/layout.ts";
import { etagWords, type MessageRefetcher, type RefetchFailure } from "../sources/refetch_message.ts";
import { rangeText } from "../sources/object_store.ts";
import { BUILDER_VERSION } from "../version.ts";
import { decodeWind } from "../wind/wind_png.ts";
import { cogDifference } from "./cog_difference.ts";
import { tilesDifference } from "./tiles_difference.ts";
import { readFrameSidecar } from "./frame_sidecar.ts";
import { isFinding } from "./verify_run.ts";

/**
 * Outcome of a refetched frame:
 * - `same`: the frame that is rebuilt from the refetched bytes has the published values, picture and contours;
 * - `no receipt`: its sidecar does not say which bytes it was built from;
 * - `rebuilt differs`: its bytes upstream are the same, and the frame is not;
 * - `not rebuilt`: this builder makes no frame of the bytes;
 * - `damaged`: its published files cannot be read;
 * - the others: its bytes are not the same upstream, or could not be asked for.
 */
export type RefetchOutcome = "same" | "no receipt" | "rebuilt differs" | "not rebuilt" | "damaged" | RefetchFailure;

/** Outcome of a frame, and the facts that explain it, in words. */
export interface Refetched {
  readonly outcome: RefetchOutcome;
  readonly facts: readonly string[];
}

/** A frame's published sidecar, and the bytes of its messages, which are those of its receipts. */
export interface RefetchedInput {
  readonly sidecar: Sidecar;
  readonly variable: Variable;
  readonly messages: readonly InputBytes[];
}

interface InputBytes {
  readonly selector: MessageSelector;
  readonly receipt: Receipt;
  readonly bytes: Bytes;
  /** ETag of the object now; null when the source does not say. */
  readonly etag: string | null;
}

/**
 * Reads a published frame's receipts and fetches their bytes again.
 * @returns the input to rebuild the frame from, or the outcome when there is none
 */
export async function refetchInput(
  roots: DataRoots,
  model: Model,
  frame: FrameId,
  refetcher: MessageRefetcher,
): Promise<RefetchedInput | Refetched> {
  const sidecar = await sidecarOrProblem(locate(roots, artifactPath("published", frame, "sidecar")));
  if (typeof sidecar === "string") return { outcome: "damaged", facts: [sidecar] };
  const receipts = receiptsOf(sidecar);
  if (receipts === null) return { outcome: "no receipt", facts: [whyNoReceipt(sidecar)] };
  const variable = model.variables.find(({ id }) => id === frame.var);
  if (!variable) return { outcome: "not rebuilt", facts: [`builder ${BUILDER_VERSION} has no variable ${frame.var}`] };
  const wanted = wantedMessages(variable, frame.lead);
  if (wanted.length !== receipts.length) {
    const facts = [
      `it was built from ${receipts.length} messages, and builder ${BUILDER_VERSION} needs ${wanted.length}`,
    ];
    return { outcome: "not rebuilt", facts };
  }
  const answers = await Promise.all(wanted.map(async ({ product, selector }, i) => {
    const receipt = receipts[i]!;
    const path = pathOrProblem(model, frame, product, selector);
    const answer = "problem" in path
      ? { failure: "not allowed" as const, problem: path.problem }
      : await refetcher.refetch(receipt, path.path);
    return { selector, receipt, ...answer };
  }));
  const failed = answers.filter((answer) => "failure" in answer);
  if (failed.length === 0) {
    return { sidecar, variable, messages: answers.filter((answer) => "bytes" in answer) };
  }
  const outcome = FAILURES.find((failure) => failed.some((answer) => answer.failure === failure))!;
  return { outcome, facts: [...new Set(failed.map(({ problem }) => problem))] };
}

/** The failures of a frame's messages, from the one that says most about the frame. */
const FAILURES: readonly RefetchFailure[] = ["upstream changed", "upstream gone", "not allowed", "unreachable"];

async function sidecarOrProblem(path: string): Promise<Sidecar | string> {
  try {
    return (await readFrameSidecar(path))?.sidecar ?? "it has no sidecar";
  } catch (error) {
    if (isFinding(error)) return error.message;
    throw error;
  }
}

/** Returns the receipts of a frame's messages, in their order; null unless every message has one. */
export function receiptsOf({ source: { messages = [] } }: Sidecar): Receipt[] | null {
  const receipts = messages.map((message) => receiptSchema.safeParse(message));
  if (receipts.length === 0 || receipts.some(({ success }) => !success)) return null;
  return receipts.map(({ data }) => data!);
}

function whyNoReceipt({ source, builder_version }: Sidecar): string {
  return source.provider === "file" ? "it was built from a local file" : `builder ${builder_version} wrote none`;
}

/** Returns the path of a message's file in a source, as this builder would ask for it, or the reason why there is none. */
function pathOrProblem(model: Model, { run, lead }: FrameId, product: string, selector: MessageSelector) {
  try {
    return { path: remoteFile(model.layouts, product, run, messageLead(selector, lead)).path };
  } catch (error) {
    if (error instanceof UnknownNameError) return { problem: error.message };
    throw error;
  }
}

/** Name of the bytes of a receipt, in place of a file's path. */
export function bytesName({ url, offset, length }: Receipt): string {
  return `${url} ${rangeText({ start: offset, end: offset + length })}`;
}

/**
 * Rebuilds a frame in memory from refetched bytes, and compares it with the published one. It writes nothing.
 * @param decoder reads the bytes by `bytesName`
 */
export async function compareRebuilt(
  roots: DataRoots,
  model: Model,
  frame: FrameId,
  { sidecar, variable, messages }: RefetchedInput,
  decoder: MessageDecoder,
): Promise<Refetched> {
  let built: BuiltFrame;
  try {
    built = buildFrame(frame, model, variable, frameInput(sidecar, messages), decoder);
  } catch (error) {
    if (!isOfTheBytes(error)) throw error;
    return { outcome: "not rebuilt", facts: [error.message, ...versionFacts(sidecar)] };
  }
  try {
    const path = (kind: ArtifactKind) => locate(roots, artifactPath("published", frame, kind));
    const published = Object.fromEntries(
      await Promise.all(describedArtifacts(sidecar).map(async ([kind]) => [kind, await readRegularFile(path(kind))])),
    ) as Partial<Record<DataKind, Uint8Array<ArrayBuffer>>>;
    const { artifacts } = built;
    const differences = [
      withName("values", differenceOf(path("values"), artifacts.values)),
      withName("picture", differenceOf(path("rgba"), artifacts.rgba)),
      isSame(published.contours ?? null, artifacts.contours) ? null : "contours: they differ",
      windDiffers(published.wind ?? null, artifacts.wind) ? "wind: it differs" : null,
      published.tiles
        ? withName("tiles", tilesDifference(published.tiles, artifacts.tiles, modelGeometry(frame.model)!))
        : null,
    ].filter((difference) => difference !== null);
    if (differences.length > 0) {
      return { outcome: "rebuilt differs", facts: [...differences, ...versionFacts(sidecar)] };
    }
    const others = (["values", "rgba", "tiles", "wind"] as const)
      .filter((kind) => published[kind] && !isSame(published[kind], artifacts[kind]))
      .map((kind) => artifactName(frame.lead, kind));
    return { outcome: "same", facts: [...byteFacts(others, sidecar), ...etagFacts(messages)] };
  } catch (error) {
    if (!isFinding(error)) throw error;
    return { outcome: "damaged", facts: [error.message] };
  }
}

function frameInput({ source }: Sidecar, messages: readonly InputBytes[]): FrameInput {
  return {
    messages: messages.map(({ selector, receipt }) => {
      const name = bytesName(receipt);
      return { selector, path: name, from: name, receipt };
    }),
    provider: source.provider,
    url: source.url,
    bytes: messages.reduce((sum, { bytes }) => sum + bytes.length, 0),
    modified: null,
    objects: [],
  };
}

function isOfTheBytes(error: unknown): error is Error {
  return [BadGribError, GateError, GdalError].some((type) => error instanceof type);
}

function differenceOf(publishedPath: string, rebuilt: Uint8Array<ArrayBuffer>): string | null {
  using file = MemoryFile.of(rebuilt, "tif");
  return cogDifference(publishedPath, file.path);
}

function withName(name: string, difference: string | null): string | null {
  return difference === null ? null : `${name}: ${difference}`;
}

/** Whether two winds differ, whatever bytes they are encoded as. */
function windDiffers(published: Uint8Array<ArrayBuffer> | null, rebuilt: Uint8Array<ArrayBuffer> | null): boolean {
  if (published === null || rebuilt === null) return published !== rebuilt;
  return !isSame(decodeWind(published).pixels, decodeWind(rebuilt).pixels);
}

function isSame(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The versions that built the published frame, when they are not the present ones: an explanation of differences. */
function versionFacts({ builder_version, gdal_version }: Sidecar): string[] {
  const [then, now] = [
    `builder ${builder_version}, GDAL ${gdal_version}`,
    `builder ${BUILDER_VERSION}, GDAL ${gdal().version}`,
  ];
  return then === now ? [] : [`it was built by ${then}, and rebuilt by ${now}`];
}

function byteFacts(others: readonly string[], sidecar: Sidecar): string[] {
  if (others.length === 0) return [];
  return [`the bytes of ${others.join(" and ")} differ, their pixels do not`, ...versionFacts(sidecar)];
}

function etagFacts(messages: readonly InputBytes[]): string[] {
  const others = messages.filter(({ receipt, etag }) => receipt.etag !== etag);
  return [
    ...new Set(others.map(({ receipt, etag }) => `${etagWords(receipt.etag, etag)}, its bytes here are the same`)),
  ];
}
