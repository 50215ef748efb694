import { gdal } from "../../builder/gdal/library.ts";
import { SpatialReference } from "../../builder/gdal/spatial_reference.ts";

/** Opens GDAL as the builder does, and prints the values of the configuration options that the arguments name. */
const { path } = gdal();
const libgdal = Deno.dlopen(path, { CPLGetConfigOption: { parameters: ["buffer", "pointer"], result: "pointer" } });
const option = (name: string) => {
  const value = libgdal.symbols.CPLGetConfigOption(new TextEncoder().encode(`${name}\0`), null);
  return value === null ? null : new Deno.UnsafePointerView(value).getCString();
};
const options = Object.fromEntries(Deno.args.map((name) => [name, option(name)]));
using reference = SpatialReference.parse("EPSG:3857");
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ options, projection: reference.toProj4() })));
