/** Many calls, a few at a time, their answers in the order of what was asked. */

/** Rejects with the first error, after which no further call is begun. */
export async function inTurns<A, B>(
  atOnce: number,
  items: readonly A[],
  call: (item: A) => Promise<B>,
): Promise<readonly B[]> {
  const answers = new Array<B>(items.length);
  let next = 0;
  let isOver = false;
  const goOn = async (): Promise<void> => {
    while (!isOver && next < items.length) {
      const at = next;
      next += 1;
      answers[at] = await call(items[at] as A).catch((error: unknown) => {
        isOver = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, goOn));
  return answers;
}
