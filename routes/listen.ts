import { hostInUrl } from "../contract/authority.ts";

/** The server cannot listen on its port. */
export class CannotListenError extends Error {
  override readonly name = "CannotListenError";
}

interface Place {
  readonly host: string;
  readonly port: number;
}

/** Starts to listen. @throws CannotListenError that names the obstacle and the variable to set */
export function listenOrExplain<T>(listen: () => T, { host, port }: Place): T {
  try {
    return listen();
  } catch (cause) {
    const reason = reasonOf(cause, { host, port });
    if (reason === null) throw cause;
    throw new CannotListenError(reason, { cause });
  }
}

function reasonOf(error: unknown, { host, port }: Place): string | null {
  if (error instanceof Deno.errors.AddrInUse) {
    return `Port ${port} of ${host} is already in use, perhaps by another server: set TWF_V3_PORT to another`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `This machine has no address ${host}: set TWF_V3_HOST to one that it has, such as 127.0.0.1, or 0.0.0.0 for all`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `Port ${port} is reserved for privileged services: set TWF_V3_PORT to 1024 or more`;
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `The server has no permission to listen at ${host}: start it with --allow-net=${hostInUrl(host)}`;
  }
  const words = error instanceof Error ? error.message : String(error);
  return /failed to lookup address|Name or service not known/i.test(words)
    ? `TWF_V3_HOST is "${host}", which is not an address of this machine: ${words}`
    : null;
}
