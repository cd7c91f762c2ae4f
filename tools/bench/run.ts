import { writeFile } from 'node:fs/promises';
import { openBench, type BenchContext } from './src/bench-context.ts';
import { measureCommitToAll, measureCommitToLive, measureSelfHeal } from './src/measures/changes.ts';
import { measureCreation, measureDeletion, measureFloor } from './src/measures/creation.ts';
import { measureApi, measureIdle, measureMemory } from './src/measures/use.ts';
import { parseOptions, usage } from './src/options.ts';
import { cpuOf } from './src/process-usage.ts';
import { machine, table, type Figures } from './src/report.ts';
import { latencyOf } from './src/statistics.ts';

async function measureAll(context: BenchContext): Promise<Figures> {
  const { report, pids } = context;
  const step = async <T>(name: string, measure: () => Promise<T>): Promise<T> => {
    report(`measuring: ${name}`);
    return measure();
  };
  const cpu = (): number => Object.values(cpuOf(pids)).reduce((sum, value) => sum + value, 0);
  const floor = await step('the floor', () => measureFloor(context));
  const before = cpu();
  const creation = await step('creation', () => measureCreation(context));
  const creationCpu = cpu() - before;
  const commitToLive = latencyOf(await step('commit to live, one app', () => measureCommitToLive(context)));
  const commitToAll = await step('commit to all', () => measureCommitToAll(context));
  const selfHeal = latencyOf(await step('self-heal', () => measureSelfHeal(context)));
  const api = await step('the API', () => measureApi(context));
  const idle = await step('idle use', () => measureIdle(context));
  const memory = measureMemory(context);
  const deletion = await step('deletion', () => measureDeletion(context));
  return {
    apps: context.names.length,
    floor,
    creation,
    creationCpu,
    commitToLive,
    commitToAll,
    selfHeal,
    idle,
    memory,
    api,
    deletion,
  };
}

const options = parseOptions(process.argv.slice(2));
if (options === undefined) console.log(usage);
else {
  const started = performance.now();
  const report = (line: string): void =>
    console.error(`[${((performance.now() - started) / 1_000).toFixed(1)} s] ${line}`);
  const { context, close } = await openBench(options, report);
  try {
    const figures = await measureAll(context);
    const on = machine();
    console.log(table(figures, on));
    const json = `${JSON.stringify({ machine: on, figures }, null, 2)}\n`;
    if (options.out === undefined) console.log(json);
    else await writeFile(options.out, json);
  } finally {
    await close();
  }
}
