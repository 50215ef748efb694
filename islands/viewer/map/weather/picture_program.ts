import { link } from "./program.ts";
import type { Quad } from "./quads.ts";

const VERTEX = `#version 300 es
uniform mat4 u_matrix;
uniform float u_world;
uniform vec4 u_target;
uniform vec4 u_texture;
out vec2 v_place;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 target = u_target.xy + corner * u_target.zw;
  v_place = u_texture.xy + corner * u_texture.zw;
  gl_Position = u_matrix * vec4(target.x + u_world, target.y, 0.0, 1.0);
}`;

// The texture's colours have premultiplied alpha.
const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D u_picture;
uniform float u_opacity;
in vec2 v_place;
out vec4 color;
void main() {
  color = texture(u_picture, v_place) * u_opacity;
}`;

/** Draws parts of images on the map. */
export class PictureProgram {
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;
  readonly #at: Readonly<Record<"matrix" | "world" | "target" | "texture" | "opacity", WebGLUniformLocation | null>>;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#program = link(gl, VERTEX, FRAGMENT);
    const at = (name: string) => gl.getUniformLocation(this.#program, name);
    this.#at = {
      matrix: at("u_matrix"),
      world: at("u_world"),
      target: at("u_target"),
      texture: at("u_texture"),
      opacity: at("u_opacity"),
    };
  }

  /**
   * Prepares the draws of one rendering.
   * @param matrix from normalized Web Mercator (0–1) to the screen
   * @param opacity from 0 to 1
   */
  begin(matrix: Float32Array, opacity: number): void {
    const gl = this.#gl;
    gl.useProgram(this.#program);
    gl.activeTexture(gl.TEXTURE0);
    gl.uniformMatrix4fv(this.#at.matrix, false, matrix);
    gl.uniform1f(this.#at.opacity, opacity);
  }

  /**
   * Draws parts of a texture.
   * @param world the copy of the world, 0 for the one from −180° to 180°
   * @param isBlended whether its pixels are blended
   */
  draw(texture: WebGLTexture, quads: readonly Quad[], world: number, isBlended: boolean): void {
    const gl = this.#gl;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    const filter = isBlended ? gl.LINEAR : gl.NEAREST;
    for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, side, filter);
    gl.uniform1f(this.#at.world, world);
    for (const quad of quads) {
      gl.uniform4f(this.#at.target, ...quad.target);
      gl.uniform4f(this.#at.texture, ...quad.texture);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }

  delete(): void {
    this.#gl.deleteProgram(this.#program);
  }
}
