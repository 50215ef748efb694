/** Version of everything written on disk and sent on the wire. */
export const CONTRACT_VERSION = "3.0";
