import { writeFile } from 'node:fs/promises';
import { openBench, type BenchContext, type Layout } from './src/bench-context.ts';
import { parseOptions, usage, type BenchOptions, type Part } from './src/options.ts';
import { measureApiPart } from './src/parts/api.ts';
import { measureLargeApp } from './src/parts/large-app.ts';
import { measureManyApps } from './src/parts/many-apps.ts';
import { measureTwoClusters } from './src/parts/two-clusters.ts';
import { machine, table, type Figures } from './src/report.ts';

interface Measure {
  readonly layout: (options: BenchOptions) => Layout;
  readonly run: (context: BenchContext) => Promise<Figures>;
}

const measures: Readonly<Record<Part, Measure>> = {
  'many-apps': {
    layout: ({ apps }) => ({ apps, objectsPerApp: 3, clusters: 1 }),
    run: async (context) => ({ manyApps: await measureManyApps(context) }),
  },
  'large-app': {
    layout: ({ objects }) => ({ apps: 1, objectsPerApp: objects, clusters: 1 }),
    run: async (context) => ({ largeApp: await measureLargeApp(context) }),
  },
  'two-clusters': {
    layout: ({ spread }) => ({ apps: spread, objectsPerApp: 3, clusters: 2 }),
    run: async (context) => ({ twoClusters: await measureTwoClusters(context) }),
  },
  api: {
    layout: ({ apiApps }) => ({ apps: apiApps, objectsPerApp: 10, clusters: 1 }),
    run: async (context) => ({ api: await measureApiPart(context) }),
  },
};

const options = parseOptions(process.argv.slice(2));
if (options === undefined) console.log(usage);
else {
  const started = performance.now();
  const report = (line: string): void =>
    console.error(`[${((performance.now() - started) / 1_000).toFixed(1)} s] ${line}`);
  let figures: Figures = {};
  for (const part of options.parts) {
    const { layout, run } = measures[part];
    const { context, close } = await openBench(options, layout(options), report);
    try {
      figures = { ...figures, ...(await run(context)) };
    } finally {
      await close();
    }
  }
  const on = machine();
  console.log(table(figures, on));
  const json = `${JSON.stringify({ machine: on, figures }, null, 2)}\n`;
  if (options.out === undefined) console.log(json);
  else await writeFile(options.out, json);
}
