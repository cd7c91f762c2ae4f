import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FixtureServer } from '../testing/fixture-server.ts';
import { Cli } from '../testing/run-cli.ts';

let cli: Cli;
let server: FixtureServer;

beforeEach(async () => {
  cli = await Cli.create();
  server = await FixtureServer.start(({ path }) => ({
    body: path === '/api/v1/session' ? { token: 'a.b.c' } : { Version: 'v1' },
  }));
  await cli.run(['login', server.address, '--plaintext', '--username', 'a', '--password', 'b']);
  server.requests.length = 0;
});

afterEach(async () => {
  await server.stop();
  await cli.remove();
});

describe('a command that removes something', () => {
  it('asks nothing by itself', async () => {
    expect(await cli.run(['proj', 'delete', 'web'])).toMatchObject({ code: 0 });
    expect(server.asked('DELETE', '/api/v1/projects/web')).toHaveLength(1);
  });

  it('asks where the configuration says so, and a flag says otherwise for one call', async () => {
    const configured = await cli.run(['configure', '--prompts-enabled']);
    expect(configured.stdout).toContain('prompts-enabled: true');
    expect(await readFile(cli.configFile, 'utf8')).toContain('prompts-enabled: true');

    const refused = await cli.run(['proj', 'delete', 'web'], { stdin: 'n\n' });
    expect(refused).toMatchObject({ code: 0, stdout: 'Delete the project web (y/n)? Nothing was done.\n' });
    expect(server.requests).toHaveLength(0);

    await cli.run(['proj', 'delete', 'web'], { stdin: 'y\n' });
    await cli.run(['proj', 'delete', 'db', '--prompts-enabled=false']);
    expect(server.requests.map(({ path }) => path)).toEqual(['/api/v1/projects/web', '/api/v1/projects/db']);
  });
});
