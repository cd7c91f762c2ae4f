import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appOf } from '../testing/apps.ts';
import { FixtureServer, refusal } from '../testing/fixture-server.ts';
import { Cli } from '../testing/run-cli.ts';

let cli: Cli;
let server: FixtureServer;
let refusals: number;

beforeEach(async () => {
  cli = await Cli.create();
  refusals = 0;
  server = await FixtureServer.start(({ method }) => {
    if (method === 'GET') return { body: appOf() };
    return refusals-- > 0 ? refusal(3, 'the project is not yours') : { body: {} };
  });
});

afterEach(async () => {
  await server.stop();
  await cli.remove();
});

/** Edits with a shell script in place of an editor; it keeps what it saw. */
async function edit(script: string): ReturnType<Cli['run']> {
  const editor = join(cli.home, 'editor');
  await writeFile(editor, `#!/bin/sh\ncat "$1" >> '${cli.home}/seen'\n${script}\n`, { mode: 0o700 });
  return cli.run(['app', 'edit', 'shop', '--server', server.address, '--plaintext', '--auth-token', 't'], {
    env: { EDITOR: editor },
  });
}

const sent = (): readonly unknown[] =>
  server.asked('PUT', '/api/v1/applications/shop/spec').map(({ body }) => JSON.parse(body) as unknown);

describe('a spec in an editor', () => {
  it('is written back as it was left', async () => {
    const { code, stderr } = await edit(`echo 'revisionHistoryLimit: 3' >> "$1"`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(sent()).toEqual([expect.objectContaining({ revisionHistoryLimit: 3 })]);
  });

  it('that stays as it was is not written', async () => {
    expect(await edit('true')).toMatchObject({ code: 0, stderr: 'Edit cancelled, no changes made.\n' });
    expect(sent()).toEqual([]);
  });

  it('comes back with the reason where the server refuses it, and may be mended', async () => {
    refusals = 1;
    const { code } = await edit(
      `grep -q 'not yours' "$1" && sed -i 's/Limit: 3/Limit: 4/' "$1" || echo 'revisionHistoryLimit: 3' >> "$1"`,
    );
    expect(code).toBe(0);
    expect(sent()).toEqual([
      expect.objectContaining({ revisionHistoryLimit: 3 }),
      expect.objectContaining({ revisionHistoryLimit: 4 }),
    ]);
  });

  it('ends with the refusal where it is left as it was refused', async () => {
    refusals = 9;
    const { code, stderr } = await edit(`grep -q 'not yours' "$1" || echo 'revisionHistoryLimit: 3' >> "$1"`);
    expect(code).toBe(20);
    expect(stderr).toContain('the project is not yours');
    expect(sent()).toHaveLength(1);
  });

  it('is not written where the editor failed', async () => {
    const { code, stderr } = await edit(`echo 'revisionHistoryLimit: 3' >> "$1"; exit 3`);
    expect(code).toBe(1);
    expect(stderr).toContain('ended with 3; nothing was changed');
    expect(sent()).toEqual([]);
  });
});
