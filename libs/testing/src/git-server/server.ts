import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import { TiphysError } from '@tiphys/model';
import { createAuthority, type Identity } from '../pki/index.ts';
import { privateFolder, type PrivateFolder } from '../processes/index.ts';
import { readAuthorization, type Credentials } from './authorization.ts';
import type { GitFault } from './faults.ts';
import { serveHttp, type HttpGit } from './http.ts';
import { BareRepository, type FileChanges } from './repository.ts';
import { RequestLog } from './request-log.ts';
import { serveSsh, type SshGit } from './ssh.ts';

export interface GitServerOptions {
  /** Basic auth; without it and `token` everyone is let in. */
  readonly auth?: Credentials;
  /** Bearer token; with `auth` as well, either opens. */
  readonly token?: string;
  /** In place of both: lets in by any password or bearer token that it says yes to. */
  readonly accepts?: (secret: string) => boolean;
  /** Serve https with a certificate of a new authority. Default false. */
  readonly tls?: boolean;
  /** Ask for a client certificate of a new authority (needs `tls`). Default false. */
  readonly clientCertificate?: boolean;
  /** Serve ssh as well. Default false. */
  readonly ssh?: boolean;
  /** Default: a free port. */
  readonly port?: number;
  /** Where the repositories live; kept at the end. Default: a private folder that is removed. */
  readonly directory?: string;
}

export interface CommitOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Replace the branch by a history of its own, as a force push does. */
  readonly orphan?: boolean;
}

export type SshAccess = Omit<SshGit, 'close'>;

/** A real git server on loopback: `git http-backend` behind Node, and sshd when asked. */
export interface GitServer {
  readonly baseUrl: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly caPem: string | undefined;
  /** A certificate that the server accepts from clients. */
  readonly clientIdentity: Identity | undefined;
  readonly ssh: SshAccess | undefined;
  readonly requests: RequestLog;
  /** Makes a bare repository; with files, also its first commit on `main`. Returns that commit's SHA, or ''. */
  createRepo(name: string, files?: FileChanges): Promise<string>;
  /** Makes a bare repository of what `git fast-export` wrote, with its branches and tags. */
  importRepo(name: string, fastExport: Uint8Array): Promise<void>;
  /** Commits changes (null deletes) and returns the SHA. */
  commit(repo: string, changes: FileChanges, message: string, options?: CommitOptions): Promise<string>;
  /** Lightweight without a message, annotated with one. */
  tag(repo: string, name: string, at: string, message?: string): Promise<void>;
  branch(repo: string, name: string, at: string): Promise<void>;
  deleteBranch(repo: string, name: string): Promise<void>;
  url(repo: string): string;
  sshUrl(repo: string): string;
  /** Makes a repository misbehave, or well again with undefined. */
  fault(repo: string, fault: GitFault | undefined): void;
  close(): Promise<void>;
}

/** Starts a git server; it and its files are gone after `close`, or when this process ends in any way. */
export async function startGitServer(options: GitServerOptions = {}): Promise<GitServer> {
  const folder = await privateFolder('git');
  const searchPath = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  const runner = await createProcessRunner({ path: searchPath, directory: join(folder.path, 'runs') });
  const root = options.directory ?? join(folder.path, 'repositories');
  await mkdir(root, { recursive: true, mode: 0o700 });
  const faults = new Map<string, GitFault>();
  const requests = new RequestLog();
  const certificates = options.tls === true ? issue(options.clientCertificate === true) : undefined;
  const http = await serveHttp({
    root,
    home: folder.path,
    searchPath,
    port: options.port ?? 0,
    authorize: (header) => readAuthorization(header, options),
    tls: certificates && { ...certificates.server, clientCaPem: certificates.clientCaPem },
    faultOf: (repository) => faults.get(repository),
    log: requests,
  });
  const ssh = options.ssh === true ? await serveSsh(join(folder.path, 'ssh'), runner) : undefined;
  return new RunningGitServer({ http, ssh, requests, faults, runner, root, folder, certificates });
}

interface Certificates {
  readonly caPem: string;
  readonly server: Identity;
  readonly clientCaPem: string | undefined;
  readonly client: Identity | undefined;
}

function issue(withClient: boolean): Certificates {
  const authority = createAuthority('git server');
  const clients = withClient ? createAuthority('git clients') : undefined;
  return {
    caPem: authority.certPem,
    server: authority.issue({ commonName: 'git', hosts: ['127.0.0.1', 'localhost'], usage: 'server' }),
    clientCaPem: clients?.certPem,
    client: clients?.issue({ commonName: 'someone', usage: 'client' }),
  };
}

interface Parts {
  readonly http: HttpGit;
  readonly ssh: SshGit | undefined;
  readonly requests: RequestLog;
  readonly faults: Map<string, GitFault>;
  readonly runner: ProcessRunner;
  readonly root: string;
  readonly folder: PrivateFolder;
  readonly certificates: Certificates | undefined;
}

class RunningGitServer implements GitServer {
  readonly baseUrl: string;
  readonly caPem: string | undefined;
  readonly clientIdentity: Identity | undefined;
  readonly ssh: SshAccess | undefined;
  readonly requests: RequestLog;
  readonly #parts: Parts;
  readonly #repositories = new Map<string, BareRepository>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.baseUrl = parts.http.url;
    this.caPem = parts.certificates?.caPem;
    this.clientIdentity = parts.certificates?.client;
    this.ssh = parts.ssh;
    this.requests = parts.requests;
  }

  async createRepo(name: string, files?: FileChanges): Promise<string> {
    const repository = new BareRepository(this.#parts.root, name, this.#parts.runner);
    await repository.init();
    this.#repositories.set(name, repository);
    return files === undefined ? '' : this.commit(name, files, 'Start');
  }

  async importRepo(name: string, fastExport: Uint8Array): Promise<void> {
    await this.createRepo(name);
    await this.#repository(name).git(['fast-import', '--quiet'], fastExport);
  }

  commit(repo: string, changes: FileChanges, message: string, options: CommitOptions = {}): Promise<string> {
    return this.#repository(repo).commit({
      branch: options.branch ?? 'main',
      message,
      changes,
      ...(options.orphan === undefined ? {} : { orphan: options.orphan }),
    });
  }

  async tag(repo: string, name: string, at: string, message?: string): Promise<void> {
    const identity = ['-c', 'user.name=Dev Eloper', '-c', 'user.email=dev@example.com'];
    const annotated = message === undefined ? [] : ['-a', '-m', message];
    await this.#repository(repo).git([...identity, 'tag', '--force', ...annotated, '--', name, at]);
  }

  async branch(repo: string, name: string, at: string): Promise<void> {
    await this.#repository(repo).git(['update-ref', `refs/heads/${name}`, at]);
  }

  async deleteBranch(repo: string, name: string): Promise<void> {
    await this.#repository(repo).git(['update-ref', '-d', `refs/heads/${name}`]);
  }

  url(repo: string): string {
    return `${this.baseUrl}/${repo}.git`;
  }

  sshUrl(repo: string): string {
    const { ssh, root } = this.#parts;
    if (ssh === undefined) throw new TiphysError('failed-precondition', 'start the git server with `ssh`');
    return `ssh://${ssh.user}@127.0.0.1:${ssh.port}${join(root, `${repo}.git`)}`;
  }

  fault(repo: string, fault: GitFault | undefined): void {
    if (fault === undefined) this.#parts.faults.delete(repo);
    else this.#parts.faults.set(repo, fault);
  }

  async close(): Promise<void> {
    const { http, ssh, runner, folder } = this.#parts;
    await Promise.all([http.close(), ssh?.close()]);
    await runner.close();
    await folder.remove();
  }

  #repository(name: string): BareRepository {
    const found = this.#repositories.get(name);
    if (found === undefined) throw new TiphysError('not-found', `the git server has no repository ${name}`);
    return found;
  }
}
