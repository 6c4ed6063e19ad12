/** Asks until the answer is as wanted: an edge follows a change within a second or so. @throws Error with the last answer */
export async function until<T>(
  ask: () => Promise<T> | T,
  holds: (answer: T) => boolean,
  seconds = 15,
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > end) throw new Error(`it never came to pass: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
