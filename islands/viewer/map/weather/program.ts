/**
 * Compiles and links a shader program.
 * @param attributes names in the order of their locations
 * @throws Error with the compiler's messages
 */
export function link(
  gl: WebGL2RenderingContext,
  vertex: string,
  fragment: string,
  attributes: readonly string[] = [],
): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader); // freed together with the program
  }
  attributes.forEach((name, place) => gl.bindAttribLocation(program, place, name));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    const [vertexLog, fragmentLog] = gl.getAttachedShaders(program)!.map((shader) => gl.getShaderInfoLog(shader));
    throw new Error(
      `The map's shaders do not compile or link on this device: ${
        gl.getProgramInfoLog(program)
      } ${vertexLog} ${fragmentLog}`,
    );
  }
  return program;
}
