import { link } from "./program.ts";

/**
 * Vertex shader: a piece between two points of a contour, with a width in screen pixels. Each piece knows the points
 * before and after it, so that pieces meet in one mitred edge: overlaps of a translucent line would show as beads.
 */
const VERTEX = `#version 300 es
uniform mat4 u_matrix;
uniform float u_world;
uniform vec2 u_halfViewPx;
uniform float u_reachPx;
in vec2 a_before;
in vec2 a_from;
in vec2 a_to;
in vec2 a_after;
out float v_acrossPx;

vec2 screen(vec2 point) {
  vec4 place = u_matrix * vec4(point.x + u_world, point.y, 0.0, 1.0);
  return place.xy / place.w * u_halfViewPx;
}

vec2 direction(vec2 from, vec2 to) {
  vec2 way = to - from;
  float far = length(way);
  return far > 0.0 ? way / far : vec2(0.0);
}

void main() {
  if (a_from.x < 0.0 || a_to.x < 0.0) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0); // a gap between lines
    return;
  }
  vec2 from = screen(a_from);
  vec2 to = screen(a_to);
  bool isEnd = gl_VertexID > 1;
  vec2 here = isEnd ? to : from;
  vec2 neighbour = isEnd ? a_after : a_before;
  vec2 along = direction(from, to);
  vec2 onwards = along;
  if (neighbour.x >= 0.0) onwards = isEnd ? direction(to, screen(neighbour)) : direction(screen(neighbour), from);
  vec2 normal = vec2(-along.y, along.x);
  vec2 mitre = direction(vec2(0.0), along + onwards);
  mitre = vec2(-mitre.y, mitre.x);
  // A sharp bend would have no end.
  float longer = 1.0 / max(dot(mitre, normal), 0.5);
  float side = (gl_VertexID & 1) == 0 ? -1.0 : 1.0;
  v_acrossPx = side * u_reachPx;
  gl_Position = vec4((here + mitre * longer * side * u_reachPx) / u_halfViewPx, 0.0, 1.0);
}`;

/** Fragment shader: a dark line with a light casing, so that the line shows on any weather. */
const FRAGMENT = `#version 300 es
precision highp float;
uniform float u_halfLinePx;
uniform float u_halfCasingPx;
uniform vec4 u_line;
uniform vec4 u_casing;
in float v_acrossPx;
out vec4 color;
void main() {
  float far = abs(v_acrossPx);
  vec4 line = u_line * clamp(u_halfLinePx + 0.5 - far, 0.0, 1.0);
  vec4 casing = u_casing * clamp(u_halfCasingPx + 0.5 - far, 0.0, 1.0);
  color = line + casing * (1.0 - line.a);
}`;

/** Colours with premultiplied alpha. */
const LINE = [0.037, 0.06, 0.107, 0.85] as const;
const CASING = [0.4, 0.4, 0.4, 0.4] as const;
const CASING_PX = 1.6;
const POINT_BYTES = 8;
const NAMES = ["a_before", "a_from", "a_to", "a_after"];

/** A set of contours on the graphics card. */
export class ContourBuffer {
  readonly #gl: WebGL2RenderingContext;
  readonly #buffer: WebGLBuffer;
  readonly layout: WebGLVertexArrayObject;
  /** Number of pieces, each from one point to the next. */
  readonly pieces: number;

  constructor(gl: WebGL2RenderingContext, mesh: Float32Array<ArrayBuffer>, readonly widthPx: number) {
    this.#gl = gl;
    this.pieces = Math.max(0, mesh.length / 2 - 3);
    this.#buffer = gl.createBuffer();
    this.layout = gl.createVertexArray();
    const before = [gl.getParameter(gl.VERTEX_ARRAY_BINDING), gl.getParameter(gl.ARRAY_BUFFER_BINDING)];
    gl.bindVertexArray(this.layout);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferData(gl.ARRAY_BUFFER, mesh, gl.STATIC_DRAW);
    NAMES.forEach((_, i) => {
      gl.enableVertexAttribArray(i);
      gl.vertexAttribPointer(i, 2, gl.FLOAT, false, POINT_BYTES, i * POINT_BYTES);
      gl.vertexAttribDivisor(i, 1);
    });
    gl.bindVertexArray(before[0]);
    gl.bindBuffer(gl.ARRAY_BUFFER, before[1]);
  }

  delete(): void {
    this.#gl.deleteBuffer(this.#buffer);
    this.#gl.deleteVertexArray(this.layout);
  }
}

/** Draws contours with the same width at every zoom. */
export class ContourProgram {
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;
  readonly #at: Readonly<Record<string, WebGLUniformLocation | null>>;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#program = link(gl, VERTEX, FRAGMENT, NAMES);
    const names = ["matrix", "world", "halfViewPx", "reachPx", "halfLinePx", "halfCasingPx", "line", "casing"];
    this.#at = Object.fromEntries(names.map((name) => [name, gl.getUniformLocation(this.#program, `u_${name}`)]));
  }

  /**
   * Prepares the draws of one rendering.
   * @param matrix from normalized Web Mercator (0–1) to the screen
   * @param pixelRatio of the screen
   */
  begin(matrix: Float32Array, pixelRatio: number): void {
    const gl = this.#gl;
    gl.useProgram(this.#program);
    gl.uniformMatrix4fv(this.#at.matrix!, false, matrix);
    gl.uniform2f(
      this.#at.halfViewPx!,
      gl.drawingBufferWidth / pixelRatio / 2,
      gl.drawingBufferHeight / pixelRatio / 2,
    );
    gl.uniform4f(this.#at.line!, ...LINE);
    gl.uniform4f(this.#at.casing!, ...CASING);
  }

  /** Draws a set of contours. @param world the copy of the world, 0 for the one from −180° to 180° */
  draw({ layout, widthPx, pieces }: ContourBuffer, world: number): void {
    const gl = this.#gl;
    gl.bindVertexArray(layout);
    gl.uniform1f(this.#at.world!, world);
    gl.uniform1f(this.#at.halfLinePx!, widthPx / 2);
    gl.uniform1f(this.#at.halfCasingPx!, (widthPx + CASING_PX) / 2);
    gl.uniform1f(this.#at.reachPx!, (widthPx + CASING_PX) / 2 + 0.5);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, pieces);
  }

  delete(): void {
    this.#gl.deleteProgram(this.#program);
  }
}
