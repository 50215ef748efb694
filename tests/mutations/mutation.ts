/** A small change that makes the code wrong, and the tests that have to notice. */
export interface Mutation {
  /** What is wrong with it. */
  readonly what: string;
  readonly file: string;
  /** Stands in the file once. */
  readonly from: string;
  readonly to: string;
  /** The nearest tests: files, which run until one fails. */
  readonly tests: readonly string[];
}
