/** A frame that must not be shown. Names the gate, its rule, what was measured and what is allowed. */
export class GateError extends Error {
  override readonly name = "GateError";

  constructor(
    readonly gate: "values" | "structure" | "pixels",
    readonly rule: string,
    readonly measured: string,
    readonly limit: string,
  ) {
    super(`The frame failed gate "${gate}", rule "${rule}": measured ${measured}, allowed ${limit}`);
  }
}
