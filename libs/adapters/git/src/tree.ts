import { TiphysError } from '@tiphys/model';
import type { TreeEntry } from '@tiphys/ports';

/** One line of a tree object. */
export interface TreeLine {
  readonly name: string;
  readonly mode: TreeEntry['mode'];
  readonly id: string;
}

const MODES: Readonly<Record<string, TreeEntry['mode']>> = {
  '40000': 'directory',
  '100644': 'file',
  '100664': 'file',
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
};

/**
 * Parses a tree object. Names that no work tree may hold (`..`, `.git`, a slash, the same one twice) are refused
 * with `invalid`: they are how a repository tries to write elsewhere.
 */
export function parseTree(content: Uint8Array, idBytes: number): readonly TreeLine[] {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const lines: TreeLine[] = [];
  const names = new Set<string>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const nul = bytes.indexOf(0, space);
    const end = nul + 1 + idBytes;
    if (space < 0 || nul < 0 || end > bytes.length) throw damaged('it is cut off');
    const mode = MODES[bytes.toString('latin1', at, space)];
    const name = bytes.toString('utf8', space + 1, nul);
    if (mode === undefined) throw damaged('it holds an unknown kind of entry');
    assertName(name, names);
    lines.push({ name, mode, id: bytes.toString('hex', nul + 1, end) });
    at = end;
  }
  return lines;
}

function assertName(name: string, names: Set<string>): void {
  const lower = name.toLowerCase();
  if (name === '' || name === '.' || name === '..' || name.includes('/') || lower === '.git') {
    throw damaged(`it holds the name ${JSON.stringify(name)}`);
  }
  if (names.has(name)) throw damaged(`it holds ${JSON.stringify(name)} twice`);
  names.add(name);
}

const damaged = (reason: string): TiphysError =>
  new TiphysError('invalid', `a directory of the repository is not well formed: ${reason}`);
