/** Version of the builder, recorded in every sidecar. */
export const BUILDER_VERSION = "0.2.0";
