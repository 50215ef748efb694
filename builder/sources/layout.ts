import { cycleTime, isoSeconds, type RunId } from "../../contract/identity.ts";
import { hourCeiling, type Lead, leadText, wholeHours } from "../../contract/lead.ts";
import type { IndexFormat, Layout, Model, Source } from "../models/model.ts";
import { UnknownNameError } from "../models/registry.ts";

/** Paths of a file and its index, relative to a source's base URL. */
export interface RemoteFile {
  readonly path: string;
  readonly indexPath: string;
  readonly index: IndexFormat;
}

/**
 * Returns the paths of the product's file that holds a frame, by the first layout that is valid for the cycle.
 * @throws UnknownNameError when no layout is valid for the cycle's date, or the product has no such frame
 */
export function remoteFile(layouts: readonly Layout[], product: string, run: RunId, lead: Lead): RemoteFile {
  const cycle = cycleTime(run);
  const date = isoSeconds(cycle).slice(0, 10);
  const layout = layouts.find((layout) =>
    layout.product === product && layout.validFrom <= date && (layout.validTo === null || date < layout.validTo) &&
    (layout.utcHours?.includes(cycle.getUTCHours()) ?? true)
  );
  if (!layout) throw new UnknownNameError(`No layout of product "${product}" covers runs of ${date}`);
  const hour = layout.holds === "hour" ? hourCeiling(lead) : wholeHours(lead);
  if (hour === null) {
    throw new UnknownNameError(`Product "${product}" has files of whole hours: none has frame ${leadText(lead)}`);
  }
  const path = layout.template
    .replaceAll("{YYYYMMDD}", run.slice(0, 8))
    .replaceAll("{HH}", run.slice(9, 11))
    .replaceAll("{FFF}", String(hour).padStart(3, "0"))
    .replaceAll("{FF}", String(hour).padStart(2, "0"))
    .replaceAll("{F}", String(hour));
  const indexPath = layout.index === "ncep" ? `${path}.idx` : path.replace(/\.grib2$/, ".index");
  return { path, indexPath, index: layout.index };
}

/**
 * Returns the sources to try, in order: the model's own, or those in `names`, each a source id of the model or a base
 * URL (`http:`, `https:` or `file:`) laid out like the bucket. The model's own sources that do not keep cycles of this
 * date are left out; a named source is always tried.
 * @throws UnknownNameError
 */
export function sourcesInOrder(model: Model, names: readonly string[] | null, run: RunId): Source[] {
  if (names !== null) return names.map((name) => sourceNamed(model, name));
  const date = isoSeconds(cycleTime(run)).slice(0, 10);
  return model.sources.filter((source) => !source.validFrom || source.validFrom <= date);
}

function sourceNamed(model: Model, name: string): Source {
  const known = model.sources.find((source) => source.id === name);
  if (known) return known;
  if (/^(https?|file):\/\//.test(name) && URL.canParse(name)) {
    const { host } = new URL(name);
    // A host's limits also apply to a source that is named by its URL.
    const limits = model.sources.find(({ baseUrl }) => new URL(baseUrl).host === host)?.requestsPerMinute;
    return {
      id: host || "file",
      baseUrl: name.endsWith("/") ? name : name + "/",
      ...(limits === undefined ? {} : { requestsPerMinute: limits }),
    };
  }
  const ids = model.sources.map((source) => source.id).join(", ");
  throw new UnknownNameError(
    `Unknown source "${name}": expected ${ids}, or a base URL beginning with http:, https: or file:`,
  );
}
