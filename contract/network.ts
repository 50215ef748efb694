import * as z from "zod";

/** An IP network: the addresses whose first `prefixBits` bits are equal. */
export interface Network {
  readonly address: string;
  readonly family: "ipv4" | "ipv6";
  readonly prefixBits: number;
}

const ADDRESSES = { ipv4: z.ipv4(), ipv6: z.ipv6() } as const;
const MOST_BITS = { ipv4: 32, ipv6: 128 } as const;

/** Parses an address such as `10.0.0.5`, or a network such as `172.16.0.0/12` or `fd00::/8`; null for other text. */
export function parseNetwork(text: string): Network | null {
  const [address = "", bits, more] = text.split("/");
  const family = (["ipv4", "ipv6"] as const).find((family) => ADDRESSES[family].safeParse(address).success);
  if (family === undefined || more !== undefined) return null;
  if (bits !== undefined && (!/^[0-9]{1,3}$/.test(bits) || Number(bits) > MOST_BITS[family])) return null;
  return { address, family, prefixBits: bits === undefined ? MOST_BITS[family] : Number(bits) };
}
