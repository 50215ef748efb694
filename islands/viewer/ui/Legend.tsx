import type { SampleAnswer } from "../../../contract/api.ts";
import { frameName, frameOf } from "../../../contract/identity.ts";
import { type GradientStop, legendTicks } from "../../../contract/legend.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import type { Pane } from "../state/pane.ts";
import { formatUnits } from "../format.ts";
import { Origin } from "./Origin.tsx";

/** The legend of the painted frame, from its own sidecar, with a mark at the value under the pointer. */
export function Legend({ pane, of = "Legend" }: { pane: Pane; of?: string }) {
  const sidecar = pane.sync.sidecar.value;
  const hover = pane.hover.value;
  // A value of another frame is not marked in this legend.
  const sample = hover.status === "value" && frameName(frameOf(hover.sample)) === frameName(frameOf(sidecar))
    ? hover.sample
    : null;
  return (
    <section class="legend" aria-label={`${of}: ${sidecar.name}`}>
      <header>
        <h2>
          {sidecar.name} <span>{legendUnits(sidecar)}</span>
          {sidecar.window_hours !== undefined && <span>of the last {sidecar.window_hours} h</span>}
        </h2>
        <Origin sidecar={sidecar} />
      </header>
      {sidecar.quality === "degraded" && (
        <p class="quality" title={sidecar.quality_reasons?.join("; ")}>
          <b>Reduced quality</b> {sidecar.quality_reasons?.join("; ")}
        </p>
      )}
      <Colors sidecar={sidecar} sample={sample} />
    </section>
  );
}

/** Returns the units of the legend's numbers. */
function legendUnits({ legend, units }: Sidecar): string {
  return (legend.type === "segmented" ? legend.units : undefined) ?? formatUnits(units);
}

interface ColorsProps {
  readonly sidecar: Sidecar;
  /** The sample under the pointer, or null. */
  readonly sample: SampleAnswer | null;
}

function Colors({ sidecar, sample }: ColorsProps) {
  const { legend } = sidecar;
  const value = sample?.value ?? null;
  if (legend.type === "gradient") return <Gradient stops={legend.stops} sidecar={sidecar} value={value} />;
  if (legend.type === "segmented") return <Segments segments={legend.segments} label={sample?.label ?? null} />;
  return legend.classes.every(({ level, label }) => label === String(level))
    ? <Strip classes={legend.classes} value={value} />
    : <NamedClasses classes={legend.classes} value={value} />;
}

function Gradient(
  { stops, sidecar, value }: { stops: readonly GradientStop[]; sidecar: Sidecar; value: number | null },
) {
  const { min, max } = sidecar;
  const share = (at: number) => `${Math.min(Math.max((at - min) / (max - min), 0), 1) * 100}%`;
  const colors = stops.map(([at, hex]) => `${hex} ${share(at)}`).join(", ");
  return (
    <div class="gradient">
      <div class="ramp" style={{ background: `linear-gradient(to right, ${colors})` }}>
        {value !== null && <i class="mark" style={{ left: share(value) }} />}
      </div>
      <ol>
        {legendTicks(min, max).map((at) => <li key={at} style={{ left: share(at) }}>{String(at).replace("-", "−")}
        </li>)}
      </ol>
    </div>
  );
}

type DiscreteClass = Extract<Sidecar["legend"], { type: "discrete" }>["classes"][number];

interface ClassesProps {
  readonly classes: readonly DiscreteClass[];
  readonly value: number | null;
}

/** Returns the index of the class that contains a value: the last class that begins at the value or below. */
function classOf(classes: readonly DiscreteClass[], value: number | null): number {
  return value === null ? -1 : classes.findLastIndex(({ level }) => level <= value);
}

/** A list of classes that have names. */
function NamedClasses({ classes, value }: ClassesProps) {
  const marked = classOf(classes, value);
  return (
    <ul class="classes">
      {classes.map(({ color, label }, i) => (
        <li key={label} class={i === marked ? "marked" : undefined}>
          <i style={{ background: color }} />
          {label}
        </li>
      ))}
    </ul>
  );
}

type Segment = Extract<Sidecar["legend"], { type: "segmented" }>["segments"][number];

/**
 * A ramp for each kind, light to heavy. Its name stands beside it for readers who cannot tell the colours apart.
 * @param label text of the value under the pointer, such as `Snow, 24 dBZ`: the kind, then the beginning of its step
 */
function Segments({ segments, label }: { segments: readonly Segment[]; label: string | null }) {
  const [kind, amount = ""] = label?.split(", ") ?? [];
  return (
    <dl class="segments">
      {segments.map((segment) => {
        const isMarked = segment.label === kind;
        const marked = isMarked ? segment.stops.findLastIndex(([at]) => at <= parseFloat(amount)) : -1;
        return (
          <div key={segment.label} class={isMarked ? "marked" : undefined}>
            <dt>{segment.label}</dt>
            <dd class="ramp strip">
              {segment.stops.map(([at, color], i) => (
                <i key={at} style={{ background: color }} class={i === marked ? "marked" : undefined} />
              ))}
            </dd>
            <dd class="span">{segment.stops[0]![0]}–{segment.stops.at(-1)![0]}</dd>
          </div>
        );
      })}
    </dl>
  );
}

const MAX_STRIP_LABELS = 10;

/** A strip of numeric classes, with their lower edges. */
function Strip({ classes, value }: ClassesProps) {
  const every = Math.ceil(classes.length / MAX_STRIP_LABELS);
  const marked = classOf(classes, value);
  return (
    <div class="gradient">
      <div class="ramp strip">
        {classes.map(({ level, color }, i) => (
          <i key={level} style={{ background: color }} class={i === marked ? "marked" : undefined} />
        ))}
      </div>
      <ol>
        {classes.map(({ level, label }, i) =>
          i % every === 0 && <li key={level} style={{ left: `${i / classes.length * 100}%` }}>{label}</li>
        )}
      </ol>
    </div>
  );
}
