import { join } from 'node:path';
import { TiphysError } from '@tiphys/model';
import type { CommandRunner } from '@tiphys/ports';

/** What becomes of one path in a commit: its content, a symlink, an executable, or null for its removal. */
export type FileChange =
  | string
  | Uint8Array
  | { readonly symlink: string }
  | { readonly executable: string }
  | { readonly submodule: string }
  | null;

export type FileChanges = Readonly<Record<string, FileChange>>;

export interface NewCommit {
  readonly branch: string;
  readonly message: string;
  readonly changes: FileChanges;
  /** Start a history of its own instead of following the branch (a force push). */
  readonly orphan?: boolean;
}

/** One bare repository on disk, written through plumbing commands: no working tree. */
export class BareRepository {
  readonly directory: string;
  readonly #runner: CommandRunner;
  #last: Promise<unknown> = Promise.resolve();

  constructor(root: string, name: string, runner: CommandRunner) {
    this.directory = join(root, `${name}.git`);
    this.#runner = runner;
  }

  async init(): Promise<void> {
    await this.#run(['init', '--bare', '--quiet', '--initial-branch=main', this.directory]);
    for (const [key, value] of SETTINGS) await this.git(['config', key, value]);
  }

  /** Adds a commit and returns its SHA. Commits of one repository run one after the other. */
  commit(commit: NewCommit): Promise<string> {
    return this.#inTurn(async () => {
      const ref = `refs/heads/${commit.branch}`;
      const parent = commit.orphan === true ? undefined : await this.#tip(ref);
      await this.git(['fast-import', '--quiet', '--force'], fastImport(commit, ref, parent));
      return this.git(['rev-parse', '--verify', `${ref}^{commit}`]);
    });
  }

  /** Runs git in the repository and returns its trimmed output. */
  async git(args: readonly string[], stdin?: Uint8Array): Promise<string> {
    return this.#run(['--git-dir', this.directory, ...args], stdin);
  }

  async #tip(ref: string): Promise<string | undefined> {
    const found = await this.git(['for-each-ref', '--format=%(objectname)', ref]);
    return found === '' ? undefined : found;
  }

  async #run(args: readonly string[], stdin?: Uint8Array): Promise<string> {
    const { stdout } = await this.#runner.run({
      program: 'git',
      args,
      env: { GIT_CONFIG_NOSYSTEM: '1' },
      ...(stdin === undefined ? {} : { stdin }),
    });
    return Buffer.from(stdout).toString().trim();
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#last.then(task, task);
    this.#last = run.catch(() => undefined);
    return run;
  }
}

const SETTINGS: readonly (readonly [string, string])[] = [
  ['http.receivepack', 'true'],
  ['uploadpack.allowAnySHA1InWant', 'true'],
  ['uploadpack.allowFilter', 'true'],
  ['gc.auto', '0'],
];

function fastImport(commit: NewCommit, ref: string, parent: string | undefined): Uint8Array {
  const seconds = Math.floor(Date.now() / 1000);
  const head = [
    ...(commit.orphan === true ? [`reset ${ref}\n`] : []),
    `commit ${ref}`,
    `author Dev Eloper <dev@example.com> ${seconds} +0000`,
    `committer Dev Eloper <dev@example.com> ${seconds} +0000`,
  ].join('\n');
  const parts: (string | Uint8Array)[] = [head, '\n', ...data(commit.message)];
  if (parent !== undefined) parts.push(`from ${parent}\n`);
  for (const [path, change] of Object.entries(commit.changes)) parts.push(...fileCommand(path, change));
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

function fileCommand(path: string, change: FileChange): readonly (string | Uint8Array)[] {
  const name = quoted(path);
  if (change === null) return [`D ${name}\n`];
  if (typeof change === 'string' || change instanceof Uint8Array) return file('100644', name, change);
  if ('symlink' in change) return file('120000', name, change.symlink);
  if ('submodule' in change) return [`M 160000 ${change.submodule} ${name}\n`];
  return file('100755', name, change.executable);
}

const file = (mode: string, name: string, content: string | Uint8Array): readonly (string | Uint8Array)[] => [
  `M ${mode} inline ${name}\n`,
  ...data(content),
];

function data(content: string | Uint8Array): readonly (string | Uint8Array)[] {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return [`data ${bytes.length}\n`, bytes, '\n'];
}

function quoted(path: string): string {
  if (path.includes('\0')) throw new TiphysError('invalid', 'a path in git holds no NUL');
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
