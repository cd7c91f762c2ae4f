import type { BenchContext } from '../bench-context.ts';
import { measureCreation, measureFloor } from '../measures/creation.ts';
import { residentBytes } from '../process-usage.ts';

/** Seconds and MiB. */
export interface LargeApp {
  readonly objects: number;
  readonly floor: number;
  readonly creation: number;
  /** Most that the controller held at any moment of it. */
  readonly controllerPeak: number;
}

const SAMPLE_MS = 100;
const CONTROLLER = /application-controller/u;

/** One Application of very many objects, from its creation until it is Synced and Healthy. */
export async function measureLargeApp(context: BenchContext): Promise<LargeApp> {
  context.report('measuring: the floor of the large Application');
  const floor = await measureFloor(context);
  context.report('measuring: the sync of the large Application');
  let peak = 0;
  const pid = Object.entries(context.pids).find(([name]) => CONTROLLER.test(name))?.[1];
  const timer = setInterval(() => {
    if (pid !== undefined) peak = Math.max(peak, residentBytes(pid));
  }, SAMPLE_MS);
  try {
    const creation = await measureCreation(context);
    return { objects: context.layout.objectsPerApp, floor, creation, controllerPeak: peak / 1_048_576 };
  } finally {
    clearInterval(timer);
  }
}
