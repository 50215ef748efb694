import type { Regions } from "../../../contract/regions.ts";
import { REGIONS_URL } from "../../../contract/urls.ts";
import { siteUrl } from "../requests/site_url.ts";
import { readStored, removeStored, writeStored } from "./browser_storage.ts";
import type { View } from "./view.ts";

/** Key under which the browser keeps the server's last regions. */
const KEY = "twf-v3/regions";
const TIMEOUT_MS = 10_000;

interface Kept {
  readonly etag: string;
  readonly regions: Regions;
}

/**
 * Takes the regions that the browser keeps, or those of the server when they have changed.
 * @throws TypeError without a network: the page's own regions then stay
 */
export async function refreshRegions(view: View): Promise<void> {
  const known = readKept();
  const response = await fetch(siteUrl(REGIONS_URL), {
    headers: known ? { "if-none-match": known.etag } : {},
    cache: "no-store", // the request is conditional already, and its 304 is handled here
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 304 && known) {
    view.regions.value = known.regions;
    return;
  }
  if (!response.ok) return;
  const regions: Regions = await response.json();
  view.regions.value = regions;
  const etag = response.headers.get("etag");
  if (etag) writeStored(KEY, JSON.stringify({ etag, regions }));
}

/** Reads the stored regions. Null when they are invalid: other scripts can write there, too. */
function readKept(): Kept | null {
  const text = readStored(KEY);
  if (text === null) return null;
  try {
    const read = JSON.parse(text) as Kept;
    const regions = Object.values(read.regions);
    const areRegions = regions.length > 0 &&
      regions.every(({ label, bbox }) =>
        typeof label === "string" && bbox.length === 4 && bbox.every((degrees) => Math.abs(degrees) <= 180)
      );
    if (!areRegions || typeof read.etag !== "string") throw new TypeError("The stored regions are invalid");
    return read;
  } catch {
    removeStored(KEY);
    return null;
  }
}
