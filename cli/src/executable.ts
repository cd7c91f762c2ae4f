import { runEmbeddedServer } from './core/embedded-server.ts';
import { SERVER_COMMAND } from './core/program.ts';
import { start } from './start.ts';

/** What a single executable runs: the client, or the server that the client starts for one user. */
const main = process.argv[2] === SERVER_COMMAND ? runEmbeddedServer(process.argv.slice(3)) : start();

main.catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(20);
});
