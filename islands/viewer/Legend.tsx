import type { GradientStop } from "../../contract/legend.ts";
import type { Sidecar } from "../../contract/sidecar.ts";
import type { HoverState } from "./hover_sampler.ts";
import type { ViewerState } from "./state.ts";

/** The legend of the frame on the map, from its own sidecar, with a mark at the value under the pointer. */
export function Legend({ state }: { state: ViewerState }) {
  const sidecar = state.sidecar.value;
  return (
    <section class="legend" aria-label={`Legend: ${sidecar.name}`}>
      <h2>
        {sidecar.name} <span>{sidecar.units}</span>
      </h2>
      {sidecar.contours && <LinesSwitch state={state} />}
      {sidecar.quality === "degraded" && (
        <p class="quality" title={sidecar.quality_reasons?.join("; ")}>
          <b>Reduced quality</b> {sidecar.quality_reasons?.join("; ")}
        </p>
      )}
      {sidecar.legend.type === "gradient"
        ? <Gradient stops={sidecar.legend.stops} sidecar={sidecar} hover={state.hover.value} />
        : <Classes sidecar={sidecar} />}
    </section>
  );
}

function LinesSwitch({ state }: { state: ViewerState }) {
  return (
    <label class="lines">
      <input
        type="checkbox"
        checked={state.areLinesShown.value}
        onChange={(event) => state.showLines(event.currentTarget.checked)}
      />
      Lines
    </label>
  );
}

function Gradient({ stops, sidecar, hover }: { stops: readonly GradientStop[]; sidecar: Sidecar; hover: HoverState }) {
  const { min, max } = sidecar;
  const share = (value: number) => `${Math.min(Math.max((value - min) / (max - min), 0), 1) * 100}%`;
  const colors = stops.map(([value, hex]) => `${hex} ${share(value)}`).join(", ");
  return (
    <div class="gradient">
      <div class="ramp" style={{ background: `linear-gradient(to right, ${colors})` }}>
        {hover.status === "value" && <i class="mark" style={{ left: share(hover.sample.value) }} />}
      </div>
      <ol>
        {ticks(min, max).map((value) => (
          <li key={value} style={{ left: share(value) }}>{String(value).replace("-", "−")}</li>
        ))}
      </ol>
    </div>
  );
}

type DiscreteClass = Extract<Sidecar["legend"], { type: "discrete" }>["classes"][number];

/** Classes of numbers are a strip with their lower edges; classes with words are a list. */
function Classes({ sidecar: { legend } }: { sidecar: Sidecar }) {
  if (legend.type === "discrete" && legend.classes.every(({ level, label }) => label === String(level))) {
    return <Strip classes={legend.classes} />;
  }
  if (legend.type === "segmented") return <Segments segments={legend.segments} />;
  const entries = legend.type === "discrete" ? legend.classes : [];
  return (
    <ul class="classes">
      {entries.map(({ color, label }) => (
        <li key={label}>
          <i style={{ background: color }} />
          {label}
        </li>
      ))}
    </ul>
  );
}

type Segment = Extract<Sidecar["legend"], { type: "segmented" }>["segments"][number];

/** A ramp for each kind, light to heavy. */
function Segments({ segments }: { segments: readonly Segment[] }) {
  return (
    <dl class="segments">
      {segments.map(({ label, stops }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd class="ramp strip">{stops.map(([value, color]) => <i key={value} style={{ background: color }} />)}</dd>
        </div>
      ))}
    </dl>
  );
}

const MAX_STRIP_LABELS = 10;

function Strip({ classes }: { classes: readonly DiscreteClass[] }) {
  const every = Math.ceil(classes.length / MAX_STRIP_LABELS);
  return (
    <div class="gradient">
      <div class="ramp strip">
        {classes.map(({ level, color }) => <i key={level} style={{ background: color }} />)}
      </div>
      <ol>
        {classes.map(({ level, label }, i) =>
          i % every === 0 && <li key={level} style={{ left: `${i / classes.length * 100}%` }}>{label}</li>
        )}
      </ol>
    </div>
  );
}

const WANTED_TICKS = 9;

/** Round numbers from `min` to `max`. */
function ticks(min: number, max: number): number[] {
  const raw = (max - min) / WANTED_TICKS;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= raw)!;
  const first = Math.ceil(min / step) * step;
  return Array.from({ length: Math.floor((max - first) / step) + 1 }, (_, i) => first + i * step);
}
