import { type ComponentType, h, hydrate } from "preact";

/**
 * Hydrates the islands of a page. The server renders each island as an element with `data-island` (its name) and
 * `data-props` (its index in the list of props), and lists the addresses of the scripts; only the scripts of the page's
 * islands are loaded.
 */

interface IslandData {
  readonly scripts: Readonly<Record<string, string>>;
  readonly props: readonly Record<string, unknown>[];
}

async function boot(): Promise<void> {
  const data = document.getElementById("islands")?.textContent;
  if (!data) return;
  const { scripts, props } = JSON.parse(data) as IslandData;
  await Promise.all(
    [...document.querySelectorAll<HTMLElement>("[data-island]")].map(async (element) => {
      const { default: component } = await import(new URL(scripts[element.dataset.island!]!, location.href).href) as {
        default: ComponentType<Record<string, unknown>>;
      };
      hydrate(h(component, props[Number(element.dataset.props)]!), element);
    }),
  );
}

await boot();
