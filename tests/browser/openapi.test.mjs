// The description of the HTTP API, checked by somebody else's validator.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { withServer } from "./with.mjs";

const methods = ["get", "put", "post", "delete"];

test("The API's description is valid OpenAPI 3.1, and its references lead somewhere", async () => {
  await withServer({}, async (server) => {
    const { status, headers, body } = await server.get("/api/v1/openapi.json");
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "application/json");
    const description = JSON.parse(body.toString());
    const validator = new Validator();
    const result = await validator.validate(structuredClone(description));
    assert.ok(result.valid, JSON.stringify(result.errors, null, 1));
    assert.equal(validator.version, "3.1");
    assert.doesNotThrow(() => validator.resolveRefs());

    const broken = structuredClone(description);
    delete broken.paths["/api/v1/desktop"].get.responses;
    broken.paths["/api/v1/desktop"].get.summary = 5;
    assert.equal((await new Validator().validate(broken)).valid, false, "the validator looks at operations");
  });
});

test("Every operation of the API has a name, a sentence, and each parameter of its path", async () => {
  await withServer({}, async (server) => {
    const description = JSON.parse((await server.get("/api/v1/openapi.json")).body.toString());
    const ids = new Set();
    for (const [path, operations] of Object.entries(description.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        assert.ok(methods.includes(method), `${method} ${path}`);
        assert.ok(!ids.has(operation.operationId), operation.operationId);
        ids.add(operation.operationId);
        assert.ok(operation.summary.length > 5, operation.operationId);
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
        const described = (operation.parameters ?? []).filter((each) => each.in === "path").map((each) => each.name);
        assert.deepEqual(described, inPath, operation.operationId);
      }
    }
    assert.ok(ids.size >= 17, `${ids.size} operations`);
  });
});
