import { defineConfig } from 'vitest/config';

/** On CI a test that failed is tried once more, and the report names it: a flake is to be found, but later. */
const retry = process.env['CI'] === 'true' ? 1 : 0;

const shared = {
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
};

/** One config, three projects: `unit` needs nothing, `integration` starts real parts, `e2e` the whole system. */
export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['{libs,services,cli,tools,k8s,helm}/**/*.spec.ts'],
          exclude: ['**/node_modules/**', '**/*.int.spec.ts'],
          testTimeout: 10_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'integration',
          retry,
          globalSetup: ['libs/testing/src/kube-env/global-setup.ts'],
          include: ['{libs,services,cli,tools,k8s,helm}/**/*.int.spec.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          retry,
          include: ['e2e/scenarios/**/*.e2e.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
