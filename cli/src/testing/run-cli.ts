import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

export const root: string = resolve(import.meta.dirname, '..', '..', '..');

/** The built program; `npm run build` makes it. */
const program = join(root, 'dist', 'tiphys.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Told with all of the standard output so far, each time there is more. */
  readonly onOutput?: (stdout: string) => void;
}

/** The built CLI with a home of its own, so that nothing of the user's is read or written. */
export class Cli {
  readonly home: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(home: string, env: Readonly<Record<string, string>>) {
    this.home = home;
    this.#env = env;
  }

  static async create(env: Readonly<Record<string, string>> = {}): Promise<Cli> {
    return new Cli(await mkdtemp(join(tmpdir(), 'tiphys-cli-')), env);
  }

  get configFile(): string {
    return join(this.home, '.config', 'argocd', 'config');
  }

  async run(args: readonly string[], { stdin = '', env = {}, onOutput }: CliOptions = {}): Promise<Outcome> {
    const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], {
      env: { HOME: this.home, PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...this.#env, ...env },
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    let seen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString('utf8');
      onOutput?.(seen);
    });
    const exit = new Promise<number | null>((done, fail) => {
      child.once('error', fail);
      child.once('close', done);
    });
    const [stderr, code] = await Promise.all([text(child.stderr), exit]);
    return { code, stdout: seen, stderr };
  }

  /** Starts a command that goes on; the caller ends it. */
  start(args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [program, ...args], {
      env: { HOME: this.home, PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...this.#env },
      stdio: 'ignore',
    });
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}
