import assert from "node:assert/strict";

/**
 * Makes a self-signed certificate for localhost, as privkey.pem and fullchain.pem in a folder.
 * @returns the certificate
 */
export async function makeCertificate(folder: string): Promise<string> {
  const { code, stderr } = await new Deno.Command("openssl", {
    args: [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
      "-addext",
      "basicConstraints=critical,CA:FALSE",
      "-keyout",
      `${folder}/privkey.pem`,
      "-out",
      `${folder}/fullchain.pem`,
    ],
    stderr: "piped",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return await Deno.readTextFile(`${folder}/fullchain.pem`);
}
