import { Dataset } from "../../builder/gdal/dataset.ts";

/** Opens a file that does not exist, again and again, and answers with the error messages. */
self.addEventListener("message", (event) => {
  const { path, calls } = (event as MessageEvent<{ path: string; calls: number }>).data;
  const messages: string[] = [];
  for (let i = 0; i < calls; i++) {
    try {
      Dataset.open(path, { drivers: ["GRIB"] });
    } catch (error) {
      messages.push((error as Error).message);
    }
  }
  self.postMessage(messages);
});
