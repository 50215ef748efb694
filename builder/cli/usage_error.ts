/** Error when the command line is wrong: the program explains the usage and exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
