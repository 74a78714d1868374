// Runs a test's body with a server and a page, and ends both whatever happens.
import { Page } from "./page.mjs";
import { Server } from "./server.mjs";

// A body that returns leaves a server that must stop cleanly; one that throws, a server to kill.
export async function withServer(options, body) {
  const server = await Server.start(options);
  try {
    await body(server);
  } catch (error) {
    await server.kill().catch((leftover) => console.error(String(leftover)));
    error.message += `\nserver's log:\n${server.log.slice(-2000)}`;
    throw error;
  }
  await server.stop();
}

export async function withPage(url, options, body) {
  const page = await Page.open(url, options);
  try {
    await body(page);
  } finally {
    await page.close();
  }
}
