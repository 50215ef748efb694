/** A frame that must not be shown. The error names the gate, its rule, the measured value and the allowed one. */
export class GateError extends Error {
  override readonly name = "GateError";

  constructor(
    readonly gate: "values" | "structure" | "blocks" | "samples" | "pixels" | "tiles" | "wind",
    readonly rule: string,
    readonly measured: string,
    readonly limit: string,
  ) {
    super(`The frame failed gate "${gate}", rule "${rule}": measured ${measured}, allowed ${limit}`);
  }
}
