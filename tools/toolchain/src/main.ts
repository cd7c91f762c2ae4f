import { ensureTools } from './ensure.ts';
import { ToolchainError } from './error.ts';
import { progressPrinter } from './progress.ts';
import { goTools, linkerFlags, systemTools } from './tools.ts';

const usage = `usage: node tools/toolchain/src/main.ts ensure [name...]   find or build the tools, print their paths
       node tools/toolchain/src/main.ts packages [name...] print the Go packages, for an image build
       node tools/toolchain/src/main.ts ldflags            print the linker flags, for an image build`;

async function main([command, ...names]: string[]): Promise<void> {
  const chosen = goTools.filter((tool) => names.length === 0 || names.includes(tool.name));
  switch (command) {
    case 'ensure': {
      const all = [...goTools, ...systemTools].map((tool) => tool.name);
      const onProgress = progressPrinter((line) => console.error(line));
      const found = await ensureTools(names.length > 0 ? names : all, { onProgress });
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

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ToolchainError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
