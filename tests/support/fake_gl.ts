/**
 * The part of a graphics card that a weather layer needs: it records its textures, and the opacities that were drawn.
 */
export interface FakeGl {
  readonly gl: WebGL2RenderingContext;
  /** Textures that were not deleted. */
  readonly textures: ReadonlySet<object>;
  /** Number of tiles that were uploaded to a texture. */
  readonly uploads: () => number;
  /** Runs `draw` and returns the opacity of each draw call. */
  readonly drawn: (draw: () => void) => number[];
}

const LARGEST_TEXTURE_PX = 4096;

export function fakeGl(): FakeGl {
  const textures = new Set<object>();
  let bound: object | null = null;
  let opacity = 0;
  let uploads = 0;
  let drawn: number[] = [];
  const parameters: Record<string, unknown> = { MAX_TEXTURE_SIZE: LARGEST_TEXTURE_PX };
  const known: Record<string, unknown> = {
    createTexture: () => {
      const texture = {};
      textures.add(texture);
      return texture;
    },
    deleteTexture: (texture: object) => textures.delete(texture),
    bindTexture: (_target: string, texture: object | null) => bound = texture,
    texSubImage2D: () => uploads++,
    getParameter: (name: string) => name === "TEXTURE_BINDING_2D" ? bound : parameters[name] ?? null,
    getProgramParameter: () => true,
    getUniformLocation: (_program: object, name: string) => name,
    uniform1f: (name: string, value: number) => {
      if (name === "u_opacity") opacity = value;
    },
    drawArrays: () => drawn.push(opacity),
  };
  const gl = new Proxy(known, {
    // A constant is its own name; a call of an unknown function has no effect.
    get: (_, name: string) => known[name] ?? (/^[A-Z0-9_]+$/.test(name) ? name : () => ({})),
  }) as unknown as WebGL2RenderingContext;
  return {
    gl,
    textures,
    uploads: () => uploads,
    drawn: (draw) => {
      drawn = [];
      draw();
      return drawn;
    },
  };
}
