import { brotliDecompressSync, gunzipSync } from "node:zlib";

const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
};

/** Returns the text of an answer that came without a socket, so that no client has decoded it. */
export async function decodedBody(response: Response): Promise<string> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const coding = response.headers.get("content-encoding");
  return new TextDecoder().decode(coding === null ? bytes : DECODERS[coding]!(bytes));
}
