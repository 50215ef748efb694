import type { Sidecar } from "../../contract/sidecar.ts";

/** The receipts of a frame's messages, for readers. */

type Message = NonNullable<Sidecar["source"]["messages"]>[number];

/** An upstream file, and the messages of a frame that come from it. */
export interface SourceFile {
  /** URL of the file, or null when the messages have no receipt. */
  readonly url: string | null;
  readonly messages: readonly Message[];
}

/** Groups a frame's messages by the file that contains them, in the order of the messages. */
export function sourceFiles({ source: { messages = [] } }: Sidecar): SourceFile[] {
  return [...Map.groupBy(messages, ({ url }) => url ?? null)].map(([url, messages]) => ({ url, messages }));
}

/** Returns the address of a link; null unless it is of the web: a sidecar's URL may be a local file's, or a script's. */
export function webAddress(url: string): string | null {
  const { protocol, href } = URL.parse(url) ?? {};
  return href !== undefined && (protocol === "https:" || protocol === "http:") ? href : null;
}

/** Returns the last part of a URL's path; the whole text when there is none. */
export function fileName(url: string): string {
  return url.split(/[?#]/)[0]!.split("/").findLast((part) => part !== "") ?? url;
}

/** Formats the byte range of a receipt, both ends included as in HTTP: `bytes 1,000–2,499`; null without a receipt. */
export function byteRange({ offset, length }: Message): string | null {
  if (offset === undefined || length === undefined) return null;
  return `bytes ${grouped(offset)}–${grouped(offset + length - 1)}`;
}

/** Formats a number of bytes as `840 B`, `37.4 kB` or `1.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 999_950 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

/** Names of originating centres. @see WMO manual on codes, common code table C-11 */
const CENTRES: Readonly<Record<number, string>> = {
  7: "NCEP, US National Weather Service",
  8: "US National Weather Service, Telecommunications Gateway",
  9: "US National Weather Service",
  34: "Japan Meteorological Agency",
  54: "Canadian Meteorological Service",
  58: "Fleet Numerical Oceanography Center, US Navy",
  59: "NOAA Forecast Systems Laboratory",
  74: "UK Met Office",
  78: "Deutscher Wetterdienst",
  84: "Météo-France",
  85: "Météo-France",
  98: "ECMWF",
};
/** The value "missing", in two octets or in one. */
const NO_CENTRES = [65535, 255];

/** Formats an originating centre as its number and, where it is a common one, its name. */
export function formatCentre(centre: number): string {
  if (NO_CENTRES.includes(centre)) return `${centre} (none)`;
  const name = CENTRES[centre];
  return name === undefined ? String(centre) : `${centre} (${name})`;
}
