// Requests to the server's HTTP API. Every failure is an ApiError with one sentence for the user.

// status 0: the server did not answer at all.
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfter_s: number | null = null,
  ) {
    super(message);
  }
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

interface ErrorDocument {
  error?: { code?: string; message?: string; retry_after?: number };
}

// `path` is below /api/v1/. A `body` is sent as JSON. The answer is null where the server sends no content.
export async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const request: RequestInit = { method, cache: "no-store" };
  if (body !== undefined) {
    request.headers = { "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(`api/v1/${path}`, request);
  } catch {
    throw new ApiError(0, "unreachable", "The server does not answer.");
  }
  if (!response.ok) throw await failureOf(response);
  if (response.status === 204) return null as T;
  return (await response.json()) as T;
}

async function failureOf(response: Response): Promise<ApiError> {
  let document: ErrorDocument = {};
  try {
    document = (await response.json()) as ErrorDocument;
  } catch {
    // Not JSON: a path that this server does not have, or somebody between us and it.
  }
  const { code = "unknown", message, retry_after } = document.error ?? {};
  const header = Number(response.headers.get("Retry-After"));
  const retryAfter_s = retry_after ?? (header > 0 ? header : null);
  return new ApiError(response.status, code, message ?? `The server answered with status ${response.status}.`, retryAfter_s);
}

// The sentence of anything that was thrown.
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
