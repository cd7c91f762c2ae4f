import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommit, treeOf } from './commit.ts';
import { parseTree } from './tree.ts';

const id = 'ab'.repeat(20);
const line = (mode: string, name: string): Buffer =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);

describe('parseTree', () => {
  it('reads names and kinds', () => {
    const tree = Buffer.concat([
      line('100644', 'ü\n'),
      line('100755', 'run'),
      line('120000', 'l'),
      line('40000', 'd'),
      line('160000', 's'),
    ]);
    expect(parseTree(tree, 20)).toEqual([
      { name: 'ü\n', mode: 'file', id },
      { name: 'run', mode: 'executable', id },
      { name: 'l', mode: 'symlink', id },
      { name: 'd', mode: 'directory', id },
      { name: 's', mode: 'submodule', id },
    ]);
    expect(parseTree(Buffer.alloc(0), 20)).toEqual([]);
  });

  it.each(['..', '.', '', '.git', '.GIT', 'a/b'])('refuses the name %j', (name) => {
    expect(() => parseTree(line('100644', name), 20)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });

  it('refuses a link and a directory of one name', () => {
    const tree = Buffer.concat([line('120000', 'a'), line('40000', 'a')]);
    expect(() => parseTree(tree, 20)).toThrow(/twice/);
  });

  it('fails well on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          parseTree(bytes, 20);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid' });
        }
      }),
    );
  });
});

describe('a commit', () => {
  const commit = Buffer.from(
    `tree ${id}\nparent ${id}\nauthor Jo <jo@x> 1700000000 +0530\ncommitter Z <z@x> 1 +0000\n\nWhy\n\nMore\n`,
  );
  it('tells its tree, author, date and message', () => {
    expect(treeOf(commit)).toBe(id);
    expect(parseCommit(commit)).toEqual({
      author: 'Jo <jo@x>',
      date: '2023-11-14T22:13:20Z',
      message: 'Why\n\nMore',
    });
  });
  it('without sense is refused', () => {
    expect(() => treeOf(Buffer.from('blob'))).toThrow(/not well formed/);
  });
});
