import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const page = resolve(root, 'docs/operate/security.md');
const [, attacks = ''] = (await readFile(page, 'utf8')).split('## Known attacks');
const rows = attacks
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| attack'))
  .map((line) => line.replace(/^\| | \|$/gu, '').split(' | '));

/** Published vulnerabilities of systems of this kind that came by their API. */
const KNOWN = [
  ...['CVE-2018-21034', 'CVE-2020-8826', 'CVE-2020-8827', 'CVE-2020-8828', 'CVE-2020-11576'],
  ...['CVE-2021-23135', 'CVE-2021-23347', 'CVE-2021-26921', 'CVE-2021-26923', 'CVE-2021-26924'],
  ...['CVE-2022-24730', 'CVE-2022-24731', 'CVE-2022-24768', 'CVE-2022-24905', 'CVE-2022-29165'],
  ...['CVE-2022-31034', 'CVE-2022-31035', 'CVE-2022-31102', 'CVE-2022-41354', 'CVE-2023-22482'],
  ...['CVE-2023-22736', 'CVE-2023-23947', 'CVE-2023-25163', 'CVE-2023-40025', 'CVE-2023-40029'],
  ...['CVE-2023-50726', 'CVE-2024-21652', 'CVE-2024-21661', 'CVE-2024-21662', 'CVE-2024-22424'],
  ...['CVE-2024-28175', 'CVE-2024-31989', 'CVE-2024-31990', 'CVE-2024-36106', 'CVE-2024-37152'],
  ...['CVE-2024-40634', 'CVE-2024-41666', 'CVE-2025-23216', 'CVE-2025-47933', 'CVE-2025-55190'],
  ...['CVE-2025-55191', 'CVE-2025-59531', 'CVE-2025-59537', 'CVE-2025-59538', 'CVE-2025-61560'],
  ...['CVE-2025-66626', 'CVE-2026-42880', 'CVE-2026-45737', 'CVE-2026-45738', 'CVE-2026-77459'],
];

describe('docs/operate/security.md', () => {
  it('says of each attack what held it off, in all of its columns', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter((cells) => cells.length !== 4 || cells.some((cell) => cell.trim() === ''))).toEqual(
      [],
    );
  });

  it.each(KNOWN)('has a row of %s', (id) => {
    expect(rows.some(([attack = '']) => attack.includes(id))).toBe(true);
  });

  it.each(rows.map((cells) => [cells[0] ?? '', cells.at(-1) ?? ''] as const))(
    'names tests that are there for: %s',
    async (_attack, cell) => {
      const tests = [...cell.matchAll(/\[([^\]]+)\]\(([^)]+)\)/gu)];
      expect(tests.length).toBeGreaterThan(0);
      for (const [, title = '', link = ''] of tests) {
        const file = resolve(dirname(page), link);
        expect(existsSync(file), relative(root, file)).toBe(true);
        expect(file).toMatch(/\.(spec|e2e)\.ts$/u);
        expect(await readFile(file, 'utf8')).toContain(`'${title}'`);
      }
    },
  );
});

it('nothing that is to be secret comes from a weak generator (A20)', async () => {
  const makers = ['accounts', 'auth', 'bootstrap', 'projects', 'session', 'sso', 'terminal'];
  const folders = [
    ...makers.map((name) => `services/api-server/src/${name}`),
    'libs/adapters/oidc/src',
    'cli/src',
  ];
  for (const folder of folders.map((path) => join(root, path))) {
    const files = (await readdir(folder, { recursive: true })).filter((file) =>
      /(?<!\.spec)\.ts$/u.test(file),
    );
    expect(files.length).toBeGreaterThan(0);
    for (const file of files)
      expect([file, await readFile(join(folder, file), 'utf8')]).not.toEqual([
        file,
        expect.stringContaining('Math.random'),
      ]);
  }
});
