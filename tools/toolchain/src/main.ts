import { ensureTools } from './ensure.ts';
import { ToolchainError } from './error.ts';
import { progressPrinter } from './progress.ts';
import { goTools, linkerFlags, systemTools, toolsFor } from './tools.ts';

const usage = `usage: node tools/toolchain/src/main.ts ensure [name...]   find or build the tools, print their paths
       node tools/toolchain/src/main.ts ensure --for start|test
       node tools/toolchain/src/main.ts packages [name...] print the Go packages, for an image build
       node tools/toolchain/src/main.ts ldflags            print the linker flags, for an image build`;

async function main([command, ...names]: string[]): Promise<void> {
  const chosen = goTools.filter((tool) => names.length === 0 || names.includes(tool.name));
  switch (command) {
    case 'ensure': {
      const onProgress = progressPrinter((line) => console.error(line));
      const found = await ensureTools(wanted(names), { onProgress });
      for (const [name, path] of found) console.log(`${name}\t${path}`);
      return;
    }
    case 'packages':
      for (const tool of chosen) console.log(`${tool.name}\t${tool.output}\t${tool.package}`);
      return;
    case 'ldflags':
      console.log(linkerFlags());
      return;
    default:
      console.error(usage);
      process.exitCode = 2;
  }
}

function wanted([first, purpose, ...rest]: readonly string[]): readonly string[] {
  if (first === '--for') return toolsFor(purpose === 'start' ? 'start' : 'test');
  if (first === undefined) return [...goTools, ...systemTools].map((tool) => tool.name);
  return purpose === undefined ? [first] : [first, purpose, ...rest];
}

process.once('SIGTERM', () => process.exit(143));
try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ToolchainError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
