"""Reads a WMTS with OWSLib: prints what it finds as JSON. Argument: the server's origin."""

import json
import sys

from owslib.wmts import WebMapTileService

service = WebMapTileService(sys.argv[1] + "/wmts/v3/1.0.0/WMTSCapabilities.xml")
layer = service.contents["hrrr_tmp2m"]
tile = lambda row, column: service.gettile(
    layer="hrrr_tmp2m", tilematrixset="WebMercatorQuad", tilematrix="4", row=row, column=column, format="image/png"
)
inside = tile(6, 3)
print(
    json.dumps(
        {
            "layers": list(service.contents),
            "operations": [operation.name for operation in service.operations],
            "bounds": layer.boundingBoxWGS84,
            "type": inside.info()["Content-Type"],
            "inside": len(inside.read()),
            "outside": len(tile(6, 12).read()),
        }
    )
)
