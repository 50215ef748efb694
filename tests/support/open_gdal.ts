import { aec } from "../../builder/aec/library.ts";
import { gdal } from "../../builder/gdal/library.ts";

/** Opens the libraries before any test: they are never closed, and a test that opened one would be said to leak it. */
gdal();
aec();
