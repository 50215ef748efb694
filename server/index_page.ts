import { xmlText } from "./xml.ts";

export interface IndexEntry {
  /** Name relative to the page; a folder's name ends with a slash. */
  readonly name: string;
  readonly bytes?: number;
  /** Modification time in ISO 8601. */
  readonly modified?: string;
}

/**
 * A folder's listing in the format of web servers, for people, rclone and GDAL: with a listing GDAL knows which files
 * do not exist, and requests none of them.
 * @param path of the folder, with slashes around it
 */
export function indexPage(path: string, entries: readonly IndexEntry[]): string {
  const title = `Index of ${xmlText(path)}`;
  const lines = entries.map(({ name, bytes, modified }) => {
    const link = `<a href="${xmlText(name)}">${xmlText(name)}</a>`;
    return `${link}${" ".repeat(Math.max(40 - name.length, 1))}${apacheTime(modified)}  ${
      String(bytes ?? "-").padStart(10)
    }`;
  });
  const parent = '<a href="../">../</a>';
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1><pre>
${[parent, ...lines].join("\n")}
</pre></body></html>
`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Time such as `17-Feb-2026 07:02`, in UTC, which programs that read listings can parse. */
function apacheTime(iso: string | undefined): string {
  if (iso === undefined) return " ".repeat(17);
  const month = MONTHS[Number(iso.slice(5, 7)) - 1];
  return `${iso.slice(8, 10)}-${month}-${iso.slice(0, 4)} ${iso.slice(11, 16)}`;
}
