import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Kills every registered process group and removes every registered folder when
 * its standard input ends, which the kernel sees to however this process dies.
 */
const script = `
groups=''
folders=''
while IFS=' ' read -r what value; do
  case "$what" in
    +group) groups="$groups $value" ;;
    -group) kept=''; for g in $groups; do [ "$g" = "$value" ] || kept="$kept $g"; done; groups="$kept" ;;
    +folder) folders="$folders
$value" ;;
    -folder) folders=$(printf '%s\\n' "$folders" | grep -Fxv -- "$value") ;;
  esac
done
for g in $groups; do kill -s KILL -- "-$g" 2>/dev/null; done
printf '%s\\n' "$folders" | while IFS= read -r folder; do
  [ -z "$folder" ] && continue
  tries=0
  while ! rm -rf -- "$folder" 2>/dev/null && [ "$tries" -lt 50 ]; do tries=$((tries + 1)); sleep 0.1; done
done
`;

/** What is registered now: a new watchdog, should the first one be killed, is told all of it. */
const registered = new Set<string>();

let running: ChildProcess | undefined;

function watchdog(): ChildProcess {
  if (running !== undefined) return running;
  const child = spawn('/bin/sh', ['-c', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
  });
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  const replace = (): void => {
    if (running !== child) return;
    running = undefined;
    if (registered.size > 0) watchdog();
  };
  child.once('exit', replace);
  child.stdin?.once('error', replace);
  running = child;
  for (const what of registered) child.stdin?.write(`+${what}\n`);
  return child;
}

function register(what: string): void {
  const { stdin } = watchdog();
  registered.add(what);
  stdin?.write(`+${what}\n`);
}

function release(what: string): void {
  registered.delete(what);
  watchdog().stdin?.write(`-${what}\n`);
}

/** Has the process group of a child (started with `detached`) killed when this process ends in any way. */
export function guardGroup(pid: number): void {
  register(`group ${pid}`);
}

export function releaseGroup(pid: number): void {
  release(`group ${pid}`);
}

/** Has a folder removed when this process ends in any way. */
export function guardFolder(path: string): void {
  register(`folder ${path}`);
}

export function releaseFolder(path: string): void {
  release(`folder ${path}`);
}
