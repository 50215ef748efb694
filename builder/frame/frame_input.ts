import type { ForecastHour, RunId } from "../../contract/identity.ts";
import { messagesOf } from "../fields/derive.ts";
import type { MessageSelector, Model, Source, Variable } from "../models/model.ts";
import { BadGribError } from "../sources/grib_messages.ts";
import { fetchMessage } from "../sources/fetch_message.ts";
import type { RetryPolicy } from "../sources/http_store.ts";
import { type MessageIdentity, whyMissing } from "./read_message.ts";

/** The GRIB files a frame is made from, and where they came from. Plain data, so that it can be sent to a Worker. */
export interface FrameInput {
  readonly messages: readonly { selector: MessageSelector; path: string; description?: string }[];
  readonly provider: string;
  readonly url: string;
  readonly bytes: number;
}

export interface FetchOptions {
  readonly sources: readonly Source[];
  readonly dataRoot: string;
  readonly signal: AbortSignal;
  readonly retryPolicy?: RetryPolicy;
}

/** Fetches the messages of a variable. @throws AllSourcesFailedError */
export async function fetchInput(
  model: Model,
  variable: Variable,
  { run, fh }: { run: RunId; fh: ForecastHour },
  options: FetchOptions,
): Promise<FrameInput> {
  const messages = [];
  for (const selector of messagesOf(variable.derivation)) {
    const fetched = await fetchMessage({ ...options, model, run, fh, product: variable.product, selector });
    messages.push({ selector, ...fetched });
  }
  const [first] = messages;
  return {
    messages: messages.map(({ selector, path, message }) => ({ selector, path, description: message })),
    provider: first!.provider,
    url: first!.url,
    bytes: messages.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/**
 * Finds the messages of a variable in local GRIB2 files, in the order given.
 * @throws BadGribError when none of the files holds one of them; the message has the reason for each file
 */
export async function localInput(
  files: readonly string[],
  variable: Variable,
  { run, fh }: { run: RunId; fh: ForecastHour },
): Promise<FrameInput> {
  const messages = messagesOf(variable.derivation)
    .map((selector) => ({ selector, path: null as string | null, reasons: [] as string[] }));
  for (const file of files) {
    const missing = messages.filter(({ path }) => path === null);
    if (missing.length === 0) break;
    const reasons = reasonsOf(file, missing.map(({ selector }) => ({ selector, run, fh })));
    missing.forEach((message, i) => {
      const reason = reasons[i]!;
      if (reason === null) message.path = file;
      else message.reasons.push(reason);
    });
  }
  const found = messages.map(({ selector, path, reasons }) => {
    if (path === null) throw new BadGribError(reasons.join("\n"));
    return { selector, path };
  });
  const paths = [...new Set(found.map(({ path }) => path))];
  const sizes = await Promise.all(paths.map(async (path) => (await Deno.stat(path)).size));
  return {
    messages: found,
    provider: "file",
    url: paths.map((path) => path.split("/").at(-1)).join(" "),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

/** A file that cannot be read holds none of the messages. */
function reasonsOf(file: string, identities: readonly MessageIdentity[]): (string | null)[] {
  try {
    return whyMissing(file, identities);
  } catch (error) {
    if (!(error instanceof BadGribError)) throw error;
    return identities.map(() => error.message);
  }
}
