/** Returns √(x² + y²) for numbers that do not overflow: several times faster than `Math.hypot`. */
export function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** Rises from 0 at 0 to 1 at 1, flat at both ends and beyond. */
export function smoothStep(share: number): number {
  const t = share < 0 ? 0 : share > 1 ? 1 : share;
  return t * t * (3 - 2 * t);
}

/** Rises from 0 far below zero to 1 far above it, with 0.5 at zero. */
export function rise(x: number): number {
  return 0.5 + 0.5 * Math.tanh(x);
}

/** Bell curve: 1 at zero, and about a third at 1 and −1. */
export function bell(x: number): number {
  return Math.exp(-x * x);
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
