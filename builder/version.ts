/** Version of the builder, recorded in every sidecar. */
export const BUILDER_VERSION = "0.1.0";
