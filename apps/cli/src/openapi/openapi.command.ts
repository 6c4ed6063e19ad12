import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../start/project-root.js';

/** `npm run openapi`: the control plane writes docs/openapi.json itself; apps do not import each other. */
export async function run(): Promise<number> {
  const root = projectRoot();
  const script = path.join(root, 'dist', 'apps', 'control', 'src', 'openapi.js');
  return spawnSync(process.execPath, [script], { cwd: root, stdio: 'inherit' }).status ?? 1;
}
