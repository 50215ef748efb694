"""Reads a server's layers in QGIS: URL RUN. Prints one JSON object; QGIS 3.22's own libraries may crash at the exit."""
import json
import os
import sys
import urllib.parse

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsPointXY,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402

url, run = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
WIDTH, HEIGHT = 800, 450


def colours(layer):
    """How many colours QGIS draws of a layer over the contiguous US, or why it draws none."""
    if not layer.isValid():
        return layer.error().message()
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(-13.8e6, 3.0e6, -7.5e6, 6.3e6))
    settings.setOutputSize(QSize(WIDTH, HEIGHT))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    if job.errors():
        return job.errors()[0].message
    image = job.renderedImage()
    return len({image.pixel(x, y) for x in range(0, WIDTH, 5) for y in range(0, HEIGHT, 5)})


quoted = lambda text: urllib.parse.quote(text, safe="")  # noqa: E731
frame = f"hrrr/{run}/tmp2m/0"
wmts = QgsRasterLayer(
    "crs=EPSG:3857&format=image/png&layers=hrrr_tmp2m&styles=default&tileMatrixSet=WebMercatorQuadx2&url="
    + quoted(f"{url}/wmts/v3?SERVICE=WMTS&REQUEST=GetCapabilities"),
    "wmts",
    "wms",
)
tiles = QgsRasterLayer(
    f"type=xyz&zmin=0&zmax=7&url={quoted(f'{url}/tiles/v3/{frame}/')}"
    + quoted("{z}/{x}/{y}.png?empty=png"),
    "tiles",
    "wms",
)
values = QgsRasterLayer(f"/vsicurl/{url}/cog/v3/{frame}/val.cog.tif", "values", "gdal")
contours = QgsVectorLayer(f"/vsicurl/{url}/api/v3/{frame}/contours/iso32f.geojson", "contours", "ogr")
print(
    json.dumps({
        "wmts": colours(wmts),
        "tiles": colours(tiles),
        "band": values.bandName(1),
        "value": values.dataProvider().sample(QgsPointXY(-10e6, 4.5e6), 1)[0],
        "contours": contours.featureCount(),
    }),
    flush=True,
)
os._exit(0)
