import type { Look } from '../domain/look.js';
import { LookReader } from './look.reader.js';

/** Where looks are kept. They are only ever added. */
export abstract class LookStore extends LookReader {
  /** Nobody else takes a look of the subject until the transaction ends. */
  abstract lock(subjectId: string): Promise<void>;
  abstract insert(look: Look): Promise<void>;
}
