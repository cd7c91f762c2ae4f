import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { chartDir, repoRoot } from '../paths.ts';

const page = await readFile(resolve(repoRoot, 'docs/operate/install.md'), 'utf8');
const values = load(await readFile(resolve(chartDir, 'values.yaml'), 'utf8'));
const services = ['server', 'repoServer', 'controller', 'notifications', 'redis'];

/** The paths of all values that are no maps with content. */
function leaves(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  const entries = Object.entries(value);
  if (entries.length === 0) return [path];
  return entries
    .filter(([key]) => key !== 'resources')
    .flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
}

describe('docs/operate/install.md', () => {
  it('explains every value', () => {
    const missing = leaves(values).filter((path) => {
      const [first = '', ...rest] = path.split('.');
      const shared = services.includes(first) ? `\`<service>.${rest.join('.')}\`` : undefined;
      return !page.includes(`\`${path}\``) && !(shared !== undefined && page.includes(shared));
    });
    expect(missing).toEqual([]);
  });

  it('names no value that the chart lacks', () => {
    const known = new Set(leaves(values));
    const table = page.slice(page.indexOf('## Values'));
    const rows = [...table.matchAll(/^\| (.+?) \|/gmu)].map(([, names = '']) => names);
    const named = rows.flatMap((names) =>
      [...names.matchAll(/`([a-z][\w]*(?:\.\w+)+)`/giu)].map(([, name = '']) => name),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
