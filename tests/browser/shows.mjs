// Opens the page and waits until its canvas is a picture, pixel by pixel:
//   node shows.mjs URL PICTURE.ppm
// Exit code 1 and how it differs on standard error, when it does not come to be that in 15 s.
import { readFileSync } from "node:fs";
import { until } from "./deadline.mjs";
import { difference, parsePpm } from "./pictures.mjs";
import { withPage } from "./with.mjs";

const [url, file] = process.argv.slice(2);
const wanted = parsePpm(readFileSync(file));

await withPage(url, {}, async (page) => {
  await page.untilState("connected");
  let seen = "";
  await until("the canvas to be the picture", async () => (seen = difference(wanted, await page.canvas())) === "", {
    timeout_ms: 15_000,
    seen: () => seen,
  });
  page.expectQuiet(url);
});
