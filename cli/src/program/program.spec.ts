import { describe, expect, it } from 'vitest';
import { resolveGlobals } from './globals.ts';
import { defineCommand, type CommandEntry } from './definition.ts';
import { createProgram, inputOf } from './program.ts';
import { splitWords } from './words.ts';

const command = defineCommand({
  usage: 'NAME',
  args: { min: 1, max: 1 },
  description: 'Does it.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format' },
    prune: { kind: 'switch', describe: 'Prune' },
    check: { kind: 'switch', default: true, describe: 'Check' },
    label: { kind: 'list', short: 'l', describe: 'Label' },
    limit: { kind: 'integer', describe: 'Limit' },
    places: { kind: 'integers', describe: 'Places' },
  },
  examples: [{ what: 'Do it', line: 'tiphys thing do x' }],
  run: () => Promise.resolve(0),
});

let loaded = 0;
const inner = {
  ...command,
  flags: { ...command.flags, server: { kind: 'text', describe: 'Its own' } },
} as const;

const table: readonly CommandEntry[] = [
  { path: ['thing', 'do'], summary: 'Do it', load: () => Promise.resolve({ command: (loaded++, command) }) },
  { path: ['thing', 'do', 'in'], summary: 'Do it inside', load: () => Promise.resolve({ command: inner }) },
  {
    path: ['other'],
    summary: 'Never asked for',
    load: () => Promise.reject(new Error('must not be loaded')),
  },
];

async function parse(line: string, env: Readonly<Record<string, string>> = {}) {
  let seen: unknown;
  let text = '';
  const program = createProgram({
    table,
    groups: { thing: 'Things' },
    output: { writeOut: (part) => (text += part), writeErr: (part) => (text += part) },
    onRequest: (request) => {
      seen = { ...inputOf(request), globals: resolveGlobals(program, env) };
      return Promise.resolve();
    },
  });
  const outcome = await program.parseAsync(line.split(' '), { from: 'user' }).then(
    () => 'done',
    (error: { code?: string }) => error.code ?? 'unknown',
  );
  return { seen, text, outcome };
}

describe('the command line', () => {
  it('fills what is not given', async () => {
    expect((await parse('thing do x')).seen).toMatchObject({
      args: ['x'],
      flags: { output: 'wide', prune: false, check: true, label: [], limit: undefined, places: [] },
      given: new Set(),
    });
  });

  it.each([
    ['thing do x -o json --prune', { output: 'json', prune: true }],
    ['thing do -o=json --prune=true x', { output: 'json', prune: true }],
    ['thing do x --output=a=b --check=false', { output: 'a=b', check: false }],
    ['thing do x -l a -l b=c,d', { label: ['a', 'b=c,d'] }],
    ['thing do x --limit -3 --places 1,2 --places 3', { limit: -3, places: [1, 2, 3] }],
    ['--server s thing do x --prune=f', { prune: false }],
  ])('%s', async (line, flags) => {
    expect((await parse(line)).seen).toMatchObject({ args: ['x'], flags });
  });

  it('takes what follows two dashes as it is', async () => {
    expect((await parse('thing do -- --prune=false')).seen).toMatchObject({ args: ['--prune=false'] });
  });

  it.each([
    ['thing do x --limit many', 'commander.invalidArgument', 'whole number'],
    ['thing do x --prune=perhaps', 'commander.unknownOption', 'unknown option'],
    ['thing undo', 'commander.unknownCommand', "unknown command 'undo'"],
  ])('%s is refused', async (line, code, message) => {
    const { outcome, text } = await parse(line);
    expect(outcome).toBe(code);
    expect(text).toContain(message);
  });

  it('loads a command only when it is asked for, and explains it with examples', async () => {
    const before = loaded;
    expect((await parse('thing --help')).text).toContain('do');
    expect(loaded).toBe(before);
    const { text } = await parse('thing do --help');
    expect(text).toContain('Usage: tiphys thing do NAME [flags]');
    expect(text).toContain('Examples:\n  # Do it\n  tiphys thing do x\n');
    expect(text).not.toContain('--no-check');
  });

  it('takes global flags anywhere, then from the options variable, then from the environment', async () => {
    const env = {
      ARGOCD_OPTS: '--server opts --plaintext --unknown 3',
      ARGOCD_SERVER: 'env',
      ARGOCD_AUTH_TOKEN: 't',
    };
    expect((await parse('thing do x', env)).seen).toMatchObject({
      globals: { server: 'opts', plaintext: true, insecure: false, 'auth-token': 't' },
    });
    expect((await parse('thing do x --server line --plaintext=false', env)).seen).toMatchObject({
      globals: { server: 'line', plaintext: false },
    });
    expect((await parse('thing do x', { ARGOCD_SERVER: 'env', TIPHYS_SERVER: 'own' })).seen).toMatchObject({
      globals: { server: 'own' },
    });
  });
});

describe('a command below another one', () => {
  it('has the flags that both know, wherever they stand', async () => {
    for (const line of ['thing do in x -o json --server s', 'thing do -o json --server=s in x']) {
      expect((await parse(line)).seen).toMatchObject({
        args: ['x'],
        flags: { output: 'json', server: 's', prune: false },
        given: new Set(['output', 'server']),
      });
    }
  });
});

describe('splitWords', () => {
  it.each([
    ['', []],
    ['  a  b ', ['a', 'b']],
    [`-H 'X: a b' --x="c \\" d"`, ['-H', 'X: a b', '--x=c " d']],
    ['a\\ b', ['a b']],
    [`''`, ['']],
  ])('%j', (text, words) => {
    expect(splitWords(text, 'V')).toEqual(words);
  });

  it('refuses a quote without an end', () => {
    expect(() => splitWords(`a "b`, 'V')).toThrow('V has a quote that does not end.');
  });
});
