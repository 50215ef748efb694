import { cycleTime, isoSeconds, type RunId } from "../../contract/identity.ts";
import type { IndexFormat, Layout, Model, Source } from "../models/model.ts";
import { UnknownNameError } from "../models/registry.ts";

/** Where a file and its index are, below a source's base. */
export interface RemoteFile {
  readonly path: string;
  readonly indexPath: string;
  readonly index: IndexFormat;
}

/**
 * A product's file of one forecast hour: by the first layout that holds for the cycle.
 * @throws UnknownNameError when no layout holds for the cycle's date
 */
export function remoteFile(layouts: readonly Layout[], product: string, run: RunId, fh: number): RemoteFile {
  const cycle = cycleTime(run);
  const date = isoSeconds(cycle).slice(0, 10);
  const layout = layouts.find((layout) =>
    layout.product === product && layout.validFrom <= date && (layout.validTo === null || date < layout.validTo) &&
    (layout.utcHours?.includes(cycle.getUTCHours()) ?? true)
  );
  if (!layout) throw new UnknownNameError(`No layout of product "${product}" is known for cycles of ${date}`);
  const path = layout.template
    .replaceAll("{YYYYMMDD}", run.slice(0, 8))
    .replaceAll("{HH}", run.slice(9, 11))
    .replaceAll("{FFF}", String(fh).padStart(3, "0"))
    .replaceAll("{FF}", String(fh).padStart(2, "0"))
    .replaceAll("{F}", String(fh));
  const indexPath = layout.index === "ncep" ? `${path}.idx` : path.replace(/\.grib2$/, ".index");
  return { path, indexPath, index: layout.index };
}

/**
 * The sources to try, in order: the model's own, or those that `names` gives, each a source id of the model or a base
 * URL (`http:`, `https:` or `file:`) laid out like the bucket. Of the model's own, those that do not keep cycles of this
 * date are left out; one that is named is tried.
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
    // A host's limits hold however it is named.
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
