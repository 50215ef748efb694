/** The element of a Forwarded header that a single proxy wrote. */
export interface ForwardedElement {
  readonly for?: string;
  readonly host?: string;
  readonly proto?: string;
}

/** A parameter with its separator: `;` within an element, `,` between two elements. */
const PARAMETER = /[ \t]*([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]+))[ \t]*([;,]|$)/y;

/**
 * Parses a Forwarded header into its elements, the client's first; none when it is malformed. @see RFC 7239, section 4
 */
export function forwardedElements(header: string | null): ForwardedElement[] {
  const elements: Record<string, string>[] = [{}];
  if (header === null) return [];
  PARAMETER.lastIndex = 0;
  for (let separator: string | undefined = ","; separator !== "";) {
    const match: RegExpExecArray | null = PARAMETER.exec(header);
    if (match === null) return [];
    const [, name, quoted, token] = match;
    elements.at(-1)![name!.toLowerCase()] = quoted?.replaceAll(/\\(.)/g, "$1") ?? token!;
    separator = match[4];
    if (separator === ",") elements.push({});
  }
  return elements;
}
