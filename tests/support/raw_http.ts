export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/**
 * Sends a request over its own socket, with exactly these lines: a client can send headers that no library would write.
 */
export async function rawGet(origin: string, path: string, headers: readonly string[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  using socket = await Deno.connect({ hostname, port: Number(port) });
  const lines = [`GET ${path} HTTP/1.1`, ...headers, "connection: close", "", ""];
  await socket.write(new TextEncoder().encode(lines.join("\r\n")));
  const text = await new Response(socket.readable).text();
  const end = text.indexOf("\r\n\r\n");
  const head = text.slice(0, end);
  return { status: Number(/^HTTP\/1\.[01] ([0-9]{3})/.exec(head)?.[1] ?? 0), head, body: text.slice(end + 4) };
}
