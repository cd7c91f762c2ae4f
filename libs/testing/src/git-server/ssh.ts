import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { TiphysError } from '@tiphys/model';
import type { CommandRunner } from '@tiphys/ports';
import { freePort, startProcess, waitReady } from '../processes/index.ts';

export interface SshGit {
  readonly port: number;
  readonly user: string;
  /** Private key, PEM in OpenSSH's form, that the server lets in. */
  readonly privateKey: string;
  /** A private key that it does not know. */
  readonly strangerKey: string;
  /** The line of a known_hosts file for this server. */
  readonly knownHosts: string;
  close(): Promise<void>;
}

/** Serves the repositories of this user over a real sshd on a loopback port. */
export async function serveSsh(directory: string, runner: CommandRunner): Promise<SshGit> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const [host, user, stranger] = await Promise.all(
    ['host', 'user', 'stranger'].map((name) => newKey(directory, name, runner)),
  );
  if (host === undefined || user === undefined || stranger === undefined) throw new Error('no keys');
  await preparePrivilegeSeparation();
  const port = await freePort();
  await writeFile(join(directory, 'authorized_keys'), user.public, { mode: 0o600 });
  await writeFile(join(directory, 'sshd_config'), config(directory, port));
  const server = startProcess({
    name: 'sshd',
    program: '/usr/sbin/sshd',
    args: ['-D', '-e', '-f', join(directory, 'sshd_config')],
    logFile: join(directory, 'sshd.log'),
  });
  await waitReady(server, () => accepts(port));
  const [type, key] = host.public.split(' ');
  return {
    port,
    user: userInfo().username,
    privateKey: user.private,
    strangerKey: stranger.private,
    knownHosts: `[127.0.0.1]:${port} ${type ?? ''} ${key ?? ''}\n`,
    close: () => server.stop(),
  };
}

const config = (directory: string, port: number): string =>
  [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(directory, 'host')}`,
    `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'AllowTcpForwarding no',
    'AcceptEnv GIT_PROTOCOL',
    '',
  ].join('\n');

async function newKey(
  directory: string,
  name: string,
  runner: CommandRunner,
): Promise<{ readonly private: string; readonly public: string }> {
  const path = join(directory, name);
  await runner.run({
    program: 'ssh-keygen',
    args: ['-q', '-t', 'ed25519', '-N', '', '-C', `tiphys-test-${name}`, '-f', path],
  });
  return { private: await readFile(path, 'utf8'), public: await readFile(`${path}.pub`, 'utf8') };
}

/** sshd started by root insists on this directory, which a service manager would have made. */
async function preparePrivilegeSeparation(): Promise<void> {
  if (userInfo().uid !== 0) return;
  try {
    await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  } catch (cause) {
    throw new TiphysError('failed-precondition', 'sshd needs the directory /run/sshd: create it', { cause });
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
