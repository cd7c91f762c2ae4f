import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * Compiles `proto/argocd` to the descriptors that the public API's codec and routes are read from.
 * Writes `libs/generated/src/argocd/index.ts`; needs no network.
 */
export function generateArgocdDescriptors(root: string): void {
  const scratch = mkdtempSync(join(tmpdir(), 'tiphys-codegen-'));
  try {
    const image = join(scratch, 'image.binpb');
    execFileSync(
      join(root, 'node_modules/.bin/buf'),
      ['build', '.', '-o', image, '--as-file-descriptor-set', '--exclude-source-info'],
      { cwd: join(root, 'proto/argocd'), stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const packed = gzipSync(readFileSync(image), { level: 9 }).toString('base64');
    const directory = join(root, 'libs/generated/src/argocd');
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, 'index.ts'),
      [
        '/** A FileDescriptorSet of proto/argocd: gzip, base64. */',
        `export const descriptorSet: string =\n  '${packed}';`,
        '',
      ].join('\n'),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
