import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const SOURCES = path.join(__dirname, '..');
const ROUTE = /@(?:Get|Post|Put|Patch|Delete)\(/g;

/** Each controller of the control plane: its decorators and its body. */
function controllers(): Array<{ name: string; head: string; body: string }> {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))
    .flatMap((file) => {
      const text = readFileSync(path.join(SOURCES, file), 'utf8');
      return [
        ...text.matchAll(
          /((?:@\w+\([^\n]*\)\n)*@Controller\([^\n]*\)\n(?:@\w+\([^\n]*\)\n)*)export class (\w+)/g,
        ),
      ].map((match) => ({
        head: match[1]!,
        name: match[2]!,
        body: text.slice(match.index + match[0].length).split(/\nexport class /)[0]!,
      }));
    });
}

describe('access to the control plane', () => {
  it('is said by every route, or by its controller for all of them', () => {
    const all = controllers();
    expect(all.length).toBeGreaterThan(8);
    const silent = all.filter(({ head, body }) => {
      const routes = body.match(ROUTE)?.length ?? 0;
      return !head.includes('@Access(') && routes !== (body.match(/@Access\(/g)?.length ?? 0);
    });
    expect(silent.map((controller) => controller.name)).toEqual([]);
  });

  it('is open to everyone only for health and figures', () => {
    const open = controllers().filter(({ head, body }) => `${head}${body}`.includes("@Access('public')"));
    expect(open.map((controller) => controller.name).sort()).toEqual([
      'HealthController',
      'MonitoringController',
    ]);
  });
});
