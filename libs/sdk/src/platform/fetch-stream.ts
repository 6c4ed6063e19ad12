import type { Fetch, StreamOpener } from '../platform.js';

/** An event stream by fetch: browsers, and other places that have no node:http. */
export function fetchStream(fetch: Fetch): StreamOpener {
  return (url, headers, listener) => {
    const control = new AbortController();
    const { signal } = control;
    const end = (error?: unknown): void => {
      if (!signal.aborted) listener.end(error);
    };
    const read = async (): Promise<void> => {
      const answer = await fetch(url, { method: 'GET', headers, signal });
      listener.status(answer.status);
      const reader = answer.body?.getReader();
      if (!reader || answer.status !== 200) return reader && void reader.cancel();
      const decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return;
        listener.text(decoder.decode(value, { stream: true }));
      }
    };
    read().then(() => end(), end);
    return { close: () => control.abort() };
  };
}
