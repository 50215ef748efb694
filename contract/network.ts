import { isIP } from "node:net";

/** Addresses that have so many first bits in common. */
export interface Network {
  readonly address: string;
  readonly family: "ipv4" | "ipv6";
  readonly prefixBits: number;
}

/** An address such as `10.0.0.5`, or a network such as `172.16.0.0/12` or `fd00::/8`; null for other text. */
export function parseNetwork(text: string): Network | null {
  const [address = "", bits, more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more !== undefined) return null;
  const most = version === 4 ? 32 : 128;
  if (bits !== undefined && (!/^[0-9]{1,3}$/.test(bits) || Number(bits) > most)) return null;
  return { address, family: version === 4 ? "ipv4" : "ipv6", prefixBits: bits === undefined ? most : Number(bits) };
}
