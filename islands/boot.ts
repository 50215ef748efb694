import { type ComponentType, h, hydrate } from "preact";

/**
 * Brings the islands of a page to life. The server left each as an element with `data-island` (its name) and
 * `data-props` (its place in the list of props), and says where the scripts are; only those are loaded.
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
