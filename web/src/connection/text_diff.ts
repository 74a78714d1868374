// What to type so that `before` becomes `after`: how many characters to delete at the end, then which
// text. Counted in characters, not in UTF-16 units.
export function textDiff(before: string, after: string): { deletions: number; text: string } {
  const old = [...before];
  const now = [...after];
  let same = 0;
  while (same < old.length && same < now.length && old[same] === now[same]) same += 1;
  return { deletions: old.length - same, text: now.slice(same).join("") };
}
