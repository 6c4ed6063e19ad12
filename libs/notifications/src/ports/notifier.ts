import type { Notice } from '../domain/notice.js';

/** Announces what happened. Takes part in the open transaction: what is undone was never announced. */
export abstract class Notifier {
  abstract announce(notice: Notice): Promise<void>;
}
