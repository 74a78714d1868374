// In the head of a page whose stream is lost: why, when it is tried again, and a button that does not wait.

export function NotLiveTag({ reason, left_s, tryNow }: { reason: string; left_s: number; tryNow: () => void }) {
  return (
    <span class="tag warn">
      <span role="status">{`not live${reason && `: ${reason}`}`}</span>
      <span>{`trying again in ${left_s} s`}</span>
      <button type="button" class="link" onClick={tryNow}>
        Try now
      </button>
    </span>
  );
}
