/** A small change that makes the code wrong, and the tests that must notice it. */
export interface Mutation {
  /** The fault that the change causes, as a sentence. */
  readonly what: string;
  readonly file: string;
  /** Text that occurs in the file exactly once; `to` replaces it. */
  readonly from: string;
  readonly to: string;
  /** Files of the nearest tests; they run in this order until one fails. */
  readonly tests: readonly string[];
}
