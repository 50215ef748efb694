/** The command line is wrong: the program explains and exits 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
