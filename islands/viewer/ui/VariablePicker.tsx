import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Pane } from "../state/pane.ts";
import type { Variable } from "../state/selection.ts";
import { isMeant } from "../state/variable_search.ts";
import { formatUnits } from "../format.ts";
import { useDismiss } from "./hooks.ts";
import { Icon } from "./icons.tsx";

/** The run's variables by group, in the order of the model's table, with a search field. */
export function VariablePicker({ pane }: { pane: Pane }) {
  const [isOpen, setOpen] = useState(false);
  const [search, setSearch] = useState("");
  const [active, setActive] = useState(0);
  const element = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const close = () => setOpen(false);
  useDismiss(element, isOpen, close);
  const variables = pane.variables.value;
  const chosen = variables.find((variable) => variable.id === pane.variable.value) ?? variables[0]!;
  const found = isOpen ? variables.filter((variable) => isMeant(variable, search)) : [];
  const groups = [...new Set(found.map(({ group }) => group))];

  const open = () => {
    setSearch("");
    setActive(Math.max(variables.indexOf(chosen), 0));
    setOpen(true);
  };
  useLayoutEffect(() => field.current?.focus(), [isOpen]);
  useEffect(() => {
    if (isOpen) document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [isOpen, active]);

  const choose = (variable: Variable) => {
    close();
    element.current?.querySelector("button")?.focus();
    void pane.choose({ var: variable.id });
  };
  const key = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves && found.length > 0) {
      event.preventDefault();
      setActive((active + moves[event.key]! + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      // The field's current text decides: it may have been typed faster than it is rendered.
      const { value } = field.current!;
      const now = variables.filter((variable) => isMeant(variable, value));
      const picked = value === search ? now[active] : now[0];
      if (picked) choose(picked);
    }
  };

  return (
    <div class="choice variable" ref={element}>
      <span id={`${id}-label`}>Variable</span>
      <button
        type="button"
        class="picker"
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-labelledby={`${id}-label ${id}-value`}
        onClick={isOpen ? close : open}
      >
        <span id={`${id}-value`}>{chosen.name}</span>
        <Icon name="chevron" />
      </button>
      {isOpen && (
        <div class="popup variables">
          <label class="search">
            <Icon name="search" />
            <input
              ref={field}
              type="text"
              role="combobox"
              aria-label="Look for a variable"
              aria-expanded="true"
              aria-controls={`${id}-list`}
              aria-activedescendant={found[active] ? `${id}-${active}` : undefined}
              autocomplete="off"
              placeholder="temperature, wind, snow…"
              value={search}
              onInput={(event) => {
                setSearch(event.currentTarget.value);
                setActive(0);
              }}
              onKeyDown={key}
            />
          </label>
          <div role="listbox" id={`${id}-list`} aria-label="Variables" class="options">
            {groups.map((group) => (
              <div role="group" aria-label={group} key={group}>
                <div class="group" aria-hidden="true">{group}</div>
                {found.map((variable, i) =>
                  variable.group === group && (
                    <div
                      key={variable.id}
                      id={`${id}-${i}`}
                      role="option"
                      aria-selected={variable.id === chosen.id}
                      class={i === active ? "active" : undefined}
                      onPointerMove={() => setActive(i)}
                      onClick={() => choose(variable)}
                    >
                      <span>{variable.name}</span>
                      <small title={building(variable) ?? undefined}>{formatUnits(variable.units)}</small>
                    </div>
                  )
                )}
              </div>
            ))}
            {found.length === 0 && <p class="none">No variable matches “{search}”</p>}
          </div>
        </div>
      )}
    </div>
  );
}

function building({ available_frames: there, expected_frames: expected }: Variable): string | null {
  return there < expected ? `${there} of ${expected} hours are published` : null;
}
