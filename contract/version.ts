import * as z from "zod";

/** Version of everything that is written on disk and sent on the wire. */
export const CONTRACT_VERSION = "3.1";

/** Versions of documents that are read. Frames of 3.0 are read as they are until their runs are gone. */
const READ_VERSIONS = ["3.0", CONTRACT_VERSION] as const;

/** Parser of the version in a document: a document of another version is refused, never half understood. */
export const contractVersionSchema = z.enum(READ_VERSIONS, {
  error: ({ input }) => `expected a document of contract version ${READ_VERSIONS.join(" or ")}, found ${String(input)}`,
});
export type ContractVersion = z.infer<typeof contractVersionSchema>;
