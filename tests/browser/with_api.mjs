// For tests of what needs the HTTP API.
import { withServer } from "./with.mjs";

// As withServer; a server without the API skips the test `t`.
export async function withApi(t, options, body) {
  await withServer(options, async (server) => {
    const { status } = await server.get("/api/v1/session");
    if (status === 404) return t.skip("this server has no HTTP API");
    await body(server);
  });
}
