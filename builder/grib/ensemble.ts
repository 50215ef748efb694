/**
 * The part of an ensemble that a field is: the mean or the spread of all members, the control forecast, or a perturbed
 * member by its number.
 */
export type EnsemblePart = "mean" | "spread" | "control" | `member ${number}`;

/**
 * The ensemble part of a field in a file: null for a deterministic field, and `other` for a part that no selector
 * names, such as a probability or a cluster.
 */
export type HeldPart = EnsemblePart | null | "other";

/** Code table 4.6, type of ensemble forecast: the control forecasts, and the members perturbed down and up. */
const CONTROLS: readonly number[] = [0, 1];
const [PERTURBED_DOWN, PERTURBED_UP, PERTURBED] = [2, 3, 192];

/** Code table 4.7, derived forecast. */
const DERIVED: Readonly<Record<number, EnsemblePart>> = { 0: "mean", 4: "spread" };

/** Returns the part that product template 1 or 11 gives. @param type code table 4.6 */
export function memberPart(type: number, perturbation: number): HeldPart {
  if (CONTROLS.includes(type)) return "control";
  if (type === PERTURBED_DOWN) return `member ${-perturbation}`;
  return type === PERTURBED_UP || type === PERTURBED ? `member ${perturbation}` : "other";
}

/** Returns the part that product template 2 or 12 gives. @param derived code table 4.7 */
export function derivedPart(derived: number): HeldPart {
  return DERIVED[derived] ?? "other";
}
