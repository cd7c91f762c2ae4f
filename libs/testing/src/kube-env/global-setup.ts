import { brokerVariable, startBroker } from './broker.ts';

/** Vitest's `globalSetup`: one cluster for all test files of the run, started when the first one asks. */
export default async function setup(): Promise<() => Promise<void>> {
  const broker = await startBroker();
  process.env[brokerVariable] = broker.socketPath;
  return async () => {
    Reflect.deleteProperty(process.env, brokerVariable);
    await broker.stop();
  };
}
