// How long to wait before attempt number `attempt` (1, 2, ...) to connect again, in seconds. Soon at
// first, because a restart is short; then rarely, because hundreds of open pages must not hammer a
// server that is down.
const delays_s = [1, 2, 3, 5, 8] as const;
const longest_s = 10;

export function retryDelay(attempt: number): number {
  return delays_s[attempt - 1] ?? longest_s;
}
