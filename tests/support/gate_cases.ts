/** The environment variable that `./twf test --all` sets to 1. */
export const ALL_CASES = "TWF_TEST_ALL";

/**
 * The cases of a list that the gate runs: every `nth`, from the first on. `./twf test --all` runs all of them. For lists
 * whose cases take the same way through the code, so that each one more finds little and takes seconds.
 */
export function gateCases<T>(cases: readonly T[], nth: number): readonly T[] {
  return Deno.env.get(ALL_CASES) === "1" ? cases : cases.filter((_, i) => i % nth === 0);
}

/** A number of repetitions: `inGate` in the gate, `all` with `./twf test --all`. */
export function repetitions({ inGate, all }: { readonly inGate: number; readonly all: number }): number {
  return Deno.env.get(ALL_CASES) === "1" ? all : inGate;
}
