/** A content coding that this server sends; `identity` sends the body unchanged. */
export type Coding = "br" | "gzip" | "identity";

/** Codings by size of the result: among codings that a client prefers equally, the first is sent. */
const BY_SIZE: readonly Coding[] = ["br", "gzip", "identity"];

/**
 * The coding that a client prefers, by its Accept-Encoding header. `*` names no coding, so the body is sent unchanged.
 * @see RFC 9110, section 12.5.3; a weight of 0 refuses
 */
export function preferredCoding(header: string | null): Coding {
  if (header === null) return "identity";
  const weights = new Map(header.split(",").map(weighted));
  let best: Coding = "identity";
  let bestWeight = 0;
  for (const coding of BY_SIZE) {
    const weight = weights.get(coding) ?? 0;
    if (weight > bestWeight) [best, bestWeight] = [coding, weight];
  }
  return best;
}

/** The name of a coding and its weight from 0 to 1; an element that cannot be parsed weighs 0. */
function weighted(text: string): [name: string, weight: number] {
  // Split before matching: one pattern with optional spaces in three places takes quadratic time.
  const [name = "", weight, ...others] = text.split(";").map((part) => part.trim().toLowerCase());
  if (others.length > 0 || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return ["", 0];
  if (weight === undefined) return [name, 1];
  return /^q=(0(\.[0-9]{0,3})?|1(\.0{0,3})?)$/.test(weight) ? [name, Number(weight.slice(2))] : ["", 0];
}
