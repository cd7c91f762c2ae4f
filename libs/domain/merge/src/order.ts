/** True where the items of `sequence` follow each other as they do in `order`; items that `order` lacks don't count. */
export function isInOrder<T>(sequence: readonly T[], order: readonly T[]): boolean {
  const positions = new Map(order.map((item, index) => [item, index]));
  let last = -1;
  for (const item of sequence) {
    const position = positions.get(item);
    if (position === undefined) continue;
    if (position < last) return false;
    last = position;
  }
  return true;
}
