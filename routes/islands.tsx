import { type ComponentType, type FunctionComponent, h, options, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";

/**
 * The server's half of islands, as in Fresh: a component that is registered as an island is rendered like any other,
 * inside an element that names the component and its props. A page without islands loads no script at all.
 */

export interface RenderedPage {
  readonly html: string;
  /** The islands, indexed by `data-props`. */
  readonly islands: readonly { readonly name: string; readonly props: unknown }[];
}

interface Rendering {
  readonly islands: { name: string; props: unknown }[];
}

// deno-lint-ignore no-explicit-any
type AnyComponent = ComponentType<any>;

const registered = new Map<unknown, AnyComponent>();
let rendering: Rendering | null = null;
let isInsideIsland = false;

/** Registers a component as an island. `name` is the name of its file in `islands/`. */
export function registerIsland(name: string, component: AnyComponent): void {
  const Marked: FunctionComponent<Record<string, unknown>> = (props) => {
    const place = rendering!.islands.push({ name, props }) - 1;
    isInsideIsland = true;
    const inner = h(component, props);
    isInsideIsland = false;
    return <div class="island" data-island={name} data-props={place}>{inner}</div>;
  };
  registered.set(component, Marked);
}

const previousHook = options.vnode;
options.vnode = (vnode) => {
  const marked = registered.get(vnode.type);
  if (marked && rendering && !isInsideIsland) vnode.type = marked as typeof vnode.type;
  previousHook?.(vnode);
};

/** Renders a page's body and collects its islands. Rendering is synchronous, so two pages never mix. */
export function renderPage(page: () => VNode): RenderedPage {
  rendering = { islands: [] };
  try {
    return { html: renderToString(page()), islands: rendering.islands };
  } finally {
    rendering = null;
  }
}

/** Serializes a value as JSON that is safe inside a script element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll(
    "\u2029",
    "\\u2029",
  );
}
