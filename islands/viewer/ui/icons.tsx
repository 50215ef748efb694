/** Icons of 24 × 24 units, drawn as strokes in the text's colour. */
const PATHS = {
  wind: "M3 9h11a3 3 0 1 0-3-3M3 13h15a3 3 0 1 1-3 3M3 17h7a2.5 2.5 0 1 1-2.5 2.5",
  first: "M6 5v14M18 6l-8 6 8 6z",
  back: "M15 6l-7 6 7 6z",
  play: "M7 5l12 7-12 7z",
  pause: "M8 5v14M16 5v14",
  forward: "M9 6l7 6-7 6z",
  last: "M18 5v14M6 6l8 6-8 6z",
  loop: "M4 12a8 8 0 0 1 14-5l2 2M20 4v5h-5M20 12a8 8 0 0 1-14 5l-2-2M4 20v-5h5",
  bounce: "M4 8h14M15 4l4 4-4 4M20 16H6M9 12l-4 4 4 4",
  layers: "M12 3l9 5-9 5-9-5zM3 13l9 5 9-5",
  compare: "M4 5h7v14H4zM13 5h7v14h-7z",
  share: "M12 15V4M8 7l4-4 4 4M5 12v8h14v-8",
  help: "M9 9a3 3 0 1 1 4 2.8c-.8.3-1 1-1 2.2M12 17.5v.5",
  close: "M6 6l12 12M18 6L6 18",
  sliders: "M4 7h10M18 7h2M16 5v4M4 17h2M10 17h10M8 15v4",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4 4",
  chevron: "M6 9l6 6 6-6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
