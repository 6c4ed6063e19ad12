import type { Exits } from '../platform.js';

/** What of a page is asked for. */
interface Page {
  readonly visibilityState: string;
  addEventListener(type: 'visibilitychange', call: () => void): void;
  removeEventListener(type: 'visibilitychange', call: () => void): void;
}

/**
 * A page that is hidden may never be shown again: left, closed, or ended by the system without a further word.
 *
 * @returns null where there is no page
 * @see https://developer.mozilla.org/docs/Web/API/Document/visibilitychange_event
 */
export function pageExits(): Exits | null {
  const { document: page } = globalThis as { document?: Page };
  if (typeof page?.addEventListener !== 'function') return null;
  return {
    final: false,
    on: (_signals, call) => {
      const hidden = (): void => {
        if (page.visibilityState === 'hidden') void call();
      };
      page.addEventListener('visibilitychange', hidden);
      return () => page.removeEventListener('visibilitychange', hidden);
    },
  };
}
