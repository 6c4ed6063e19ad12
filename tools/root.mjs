import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = new URL('../', import.meta.url);

/** A path inside it. */
export const inRoot = (path) => fileURLToPath(new URL(path, root));
