import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appOf } from './testing/apps.ts';
import { FixtureServer, type FixtureAnswer } from './testing/fixture-server.ts';
import { Cli } from './testing/run-cli.ts';

const TOKEN = `x.${Buffer.from(JSON.stringify({ sub: 'admin:login' })).toString('base64url')}.y`;

let cli: Cli;
let answer: FixtureAnswer;
let server: FixtureServer;

beforeEach(async () => {
  cli = await Cli.create();
  answer = { body: { items: [appOf()] } };
  server = await FixtureServer.start(() => answer);
});
afterEach(async () => {
  await server.stop();
  await cli.remove();
});

const list = (...flags: readonly string[]): ReturnType<Cli['run']> =>
  cli.run(['app', 'list', ...flags, '--server', server.address, '--plaintext', '--auth-token', TOKEN]);
const asked = (): string => server.requests.at(-1)?.query.toString() ?? '';

describe('app list', () => {
  it('asks for nothing that other servers do not know unless told to', async () => {
    expect((await list('-p', 'web', '-l', 'a=b', '-r', 'x', '-c', 'y')).code).toBe(0);
    expect(asked()).toBe('projects=web&selector=a%3Db');
  });

  it('asks the server for a page, and says how to see the next', async () => {
    answer = { body: { metadata: { continue: 'abc', remainingItemCount: 7 }, items: [appOf()] } };
    const flags = ['--limit', '1', '--sort-by=-health,name', '--search', 'shop web', '-c', 'prod', '-r', 'x'];
    const { code, stdout, stderr } = await list(...flags, '-o', 'name');
    expect(stdout).toMatch(/^\S*shop\n$/);
    expect(stderr).toContain('7 more: the same command with --continue abc');
    expect(code).toBe(0);
    const query = Object.fromEntries(new URLSearchParams(asked()));
    expect(query).toEqual({
      limit: '1',
      sort: '-health,name',
      search: 'shop web',
      cluster: 'prod',
      repo: 'x',
    });
  });

  it.each([
    [
      ['--limit', '1'],
      [appOf(), appOf()],
    ],
    [['--health', 'Suspended'], [appOf()]],
    [['--sync-status', 'Unknown'], [appOf()]],
    [['--dest-namespace', 'elsewhere'], [appOf()]],
  ])('does not pass off as %j what a server answers that does not know it', async (flags, items) => {
    answer = { body: { items } };
    const { code, stdout, stderr } = await list(...flags);
    expect([code, stdout]).toEqual([20, '']);
    expect(stderr).toContain('The server neither pages nor filters by status');
  });

  it('does not cut into pages what it filters by path itself', async () => {
    const { code, stderr } = await list('--limit', '1', '--path', 'x');
    expect(code).toBe(20);
    expect(stderr).toContain('--limit cannot be used with --path');
    expect(server.requests).toEqual([]);
  });
});
