import type { RunId, VarId } from "../../contract/identity.ts";
import type { Lead } from "../../contract/lead.ts";
import type { Receipt } from "../../contract/sidecar.ts";
import { messagesOf } from "../derive/derive.ts";
import { BadGribError } from "../grib/messages.ts";
import { type MessageIdentity, whyMissing } from "../grib/read_message.ts";
import type { MessageSelector } from "../grib/message_selector.ts";
import type { Model, Source, Variable } from "../models/model.ts";
import { fetchMessages, type WantedMessage, wantedName } from "../sources/fetch_messages.ts";
import type { RetryPolicy } from "../sources/http_store.ts";
import type { Patience } from "../sources/race_sources.ts";
import { AllSourcesFailedError, type ObjectVersion } from "../sources/source_error.ts";

/** A message in a local file. */
export interface InputMessage {
  readonly selector: MessageSelector;
  readonly path: string;
  /** Origin of the message, for people: the object's URL, or the file that was named. */
  readonly from: string;
  /** Receipt of the bytes; null for a local file. */
  readonly receipt: Receipt | null;
}

/** An object that messages were fetched from, and its version at that time. */
export interface InputObject {
  readonly source: string;
  readonly url: string;
  readonly version: ObjectVersion;
}

/** The GRIB files that a frame is made from, and their origin. Plain data, so that it can be sent to a Worker. */
export interface FrameInput {
  readonly messages: readonly InputMessage[];
  readonly provider: string;
  readonly url: string;
  readonly bytes: number;
  /** Time when the last of them appeared upstream (ISO 8601); null when no source says. */
  readonly modified: string | null;
  /** The objects that contain the messages; none for local files. */
  readonly objects: readonly InputObject[];
}

export interface FetchOptions {
  readonly sources: readonly Source[];
  readonly dataRoot: string;
  readonly signal: AbortSignal;
  readonly retryPolicy?: RetryPolicy;
  readonly patience?: Patience;
}

interface Hour {
  readonly run: RunId;
  readonly lead: Lead;
}

/** A variable and, for one forecast hour, the messages that it and its contours are made from. */
export interface PlannedVariable {
  readonly variable: Variable;
  readonly messages: readonly WantedMessage[];
}

export function planVariable(variable: Variable, lead: Lead): PlannedVariable {
  return { variable, messages: wantedMessages(variable, lead) };
}

/** Returns the messages that a variable and its contours are made from. */
export function wantedMessages({ product, derivation, contours = [] }: Variable, lead: Lead): WantedMessage[] {
  const derivations = [derivation, ...contours.flatMap(({ of }) => of ? [of.derivation] : [])];
  const wanted = derivations.flatMap((derivation) => messagesOf(derivation, lead)).map((selector) => ({
    product: selector.product ?? product,
    selector,
  }));
  return [...new Map(wanted.map((message) => [wantedName(message), message])).values()];
}

/**
 * Fetches the messages of a forecast hour's variables with one plan: a message that several variables need is fetched
 * once. Returns for each variable its input, or the reason why it has none: missing messages of one variable do not
 * hold up the others.
 */
export async function fetchInputs(
  model: Model,
  planned: readonly PlannedVariable[],
  { run, lead }: Hour,
  options: FetchOptions,
): Promise<ReadonlyMap<VarId, FrameInput | AllSourcesFailedError>> {
  const wanted = planned.flatMap(({ messages }) => messages);
  const fetched = await fetchMessages({ ...options, model, run, lead, wanted });
  return new Map(planned.map(({ variable, messages }) => [variable.id, inputOf(messages, fetched)]));
}

function inputOf(
  wanted: readonly WantedMessage[],
  fetched: Awaited<ReturnType<typeof fetchMessages>>,
): FrameInput | AllSourcesFailedError {
  const messages = [];
  for (const message of wanted) {
    const outcome = fetched.get(wantedName(message))!;
    if (outcome instanceof AllSourcesFailedError) return outcome;
    messages.push({ selector: message.selector, ...outcome });
  }
  return {
    messages: messages.map(({ selector, path, url, receipt }) => ({ selector, path, from: url, receipt })),
    provider: messages[0]!.provider,
    url: messages[0]!.url,
    bytes: messages.reduce((sum, { bytes }) => sum + bytes, 0),
    modified: messages.map(({ modified }) => modified).filter((time) => time !== null).sort().at(-1) ?? null,
    objects: [...new Map(messages.map(({ provider, url, object }) => [url, { source: provider, url, version: object }]))
      .values()],
  };
}

/**
 * Finds the messages of a variable in local GRIB2 files, in the given order.
 * @throws BadGribError when none of the files contains one of the messages; the error has the reason for each file
 */
export async function localInput(
  files: readonly string[],
  variable: Variable,
  { run, lead }: Hour,
): Promise<FrameInput> {
  const messages = wantedMessages(variable, lead)
    .map(({ selector }) => ({ selector, path: null as string | null, reasons: [] as string[] }));
  for (const file of files) {
    const missing = messages.filter(({ path }) => path === null);
    if (missing.length === 0) break;
    const reasons = reasonsOf(file, missing.map(({ selector }) => ({ selector, run, lead })));
    missing.forEach((message, i) => {
      const reason = reasons[i]!;
      if (reason === null) message.path = file;
      else message.reasons.push(reason);
    });
  }
  const found = messages.map(({ selector, path, reasons }) => {
    if (path === null) throw new BadGribError(reasons.join("\n"));
    return { selector, path, from: path, receipt: null };
  });
  const paths = [...new Set(found.map(({ path }) => path))];
  const sizes = await Promise.all(paths.map(async (path) => (await Deno.stat(path)).size));
  return {
    messages: found,
    provider: "file",
    url: paths.map((path) => path.split("/").at(-1)).join(" "),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    modified: null,
    objects: [],
  };
}

/**
 * Returns for each message the reason why the file lacks it, or null. A file that cannot be read contains no message.
 */
function reasonsOf(file: string, identities: readonly MessageIdentity[]): (string | null)[] {
  try {
    return whyMissing(file, identities);
  } catch (error) {
    if (!(error instanceof BadGribError)) throw error;
    return identities.map(() => error.message);
  }
}
