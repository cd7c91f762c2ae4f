import { describe, expect, it } from 'vitest';
import { install, startScript } from './install.ts';

describe('the program that containers without Node run', () => {
  it('starts by the loader and the libraries that came along', () => {
    expect(startScript({ loader: '/lib64/ld-linux-x86-64.so.2', hasInit: true })).toContain(
      'exec "$here/init" -s -- "$here/lib/ld-linux-x86-64.so.2" --library-path "$here/lib" "$here/node" ',
    );
    expect(startScript({ loader: undefined, hasInit: false })).toContain('exec "$here/node" ');
  });

  it('is made of a bundle only', async () => {
    const program = { node: process.execPath, bundle: 'src/main.ts' };
    await expect(install('nowhere', program)).rejects.toMatchObject({ code: 'failed-precondition' });
  });
});
