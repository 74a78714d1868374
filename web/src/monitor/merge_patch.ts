// JSON merge patches (RFC 7396).

type Members = Record<string, unknown>;

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// `target` with the patch applied. What the patch leaves alone is the same object as before, so that
// who compares sees what changed; `target` itself stays as it is.
export function applyPatch(target: unknown, patch: unknown): unknown {
  if (!isMembers(patch)) return patch;
  const result: Members = isMembers(target) ? { ...target } : {};
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) delete result[name];
    else result[name] = applyPatch(result[name], change);
  }
  return result;
}
