import { messageOf } from '@tiphys/model';
import { runningSystem } from './src/dev-file.ts';
import { startDevSystem } from './src/dev-system.ts';
import { parseOptions, usage } from './src/options.ts';
import { welcome } from './src/welcome.ts';

const started = performance.now();
const elapsed = (): number => (performance.now() - started) / 1000;
const report = (line: string): void => console.log(`  ${elapsed().toFixed(1).padStart(5)} s  ${line}`);

/** Resolves on Ctrl-C, a polite kill, or when the process that started us is gone. */
function endAsked(): Promise<string> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve(signal));
    setInterval(() => {
      if (process.ppid !== parent) resolve('its parent ended');
    }, 1_000);
  });
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const other = runningSystem();
  if (other !== undefined) {
    console.error(`error: it runs already (process ${other.pid}): ${other.apiUrl}; end that one first`);
    return 1;
  }
  console.log('> starting Tiphys');
  const ended = endAsked();
  const starting = startDevSystem(options, report);
  const first = await Promise.race([starting, ended]);
  if (typeof first === 'string') return 130;
  console.log(welcome(first.dev, elapsed()));
  const why = await ended;
  console.log(`\n> ending (${why})`);
  await first.stop();
  return 0;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`\nerror: ${messageOf(error)}`);
  console.error('The logs of the services are in .tiphys/logs/');
  process.exit(1);
}
