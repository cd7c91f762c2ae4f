import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of contracts, and by which names its files are imported: `@tiphys/generated/<name>`. */
interface Contracts {
  readonly folder: string;
  readonly packages: readonly { readonly name: string; readonly file: string }[];
}

const INTERNAL: Contracts = {
  folder: 'proto',
  packages: [{ name: 'tiphys-repo', file: 'tiphys/repo/v1/repo' }],
};

const PLUGIN: Contracts = {
  folder: 'proto/plugin',
  packages: [
    { name: 'plugin-protocol', file: 'plugin/plugin' },
    { name: 'parameter-announcement', file: 'repository/announcement' },
    { name: 'grpc-health', file: 'health/health' },
  ],
};

const OPTIONS = [
  'addNocheckComment=true',
  'env=node',
  'esModuleInterop=true',
  'importSuffix=.ts',
  'outputJsonMethods=false',
  'outputPartialMethods=false',
  'outputServices=grpc-js',
  'outputTypeRegistry=false',
  'enumsAsLiterals=true',
  'useReadonlyTypes=false',
];

/** Generates messages, clients and service definitions of `proto/tiphys`; needs no network. */
export const generateTiphysStubs = (root: string): void => generate(root, INTERNAL);

/** Generates those of `proto/plugin`. */
export const generatePluginStubs = (root: string): void => generate(root, PLUGIN);

function generate(root: string, { folder, packages }: Contracts): void {
  const scratch = mkdtempSync(join(tmpdir(), 'tiphys-codegen-'));
  try {
    const template = join(scratch, 'buf.gen.yaml');
    writeFileSync(template, JSON.stringify(templateFor(root)));
    execFileSync(join(root, 'node_modules/.bin/buf'), ['generate', '.', '--template', template], {
      cwd: join(root, folder),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    for (const { name, file } of packages) writeIndex(root, name, file);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const templateFor = (root: string): object => ({
  version: 'v2',
  clean: false,
  plugins: [
    {
      local: [process.execPath, join(root, 'node_modules/ts-proto/protoc-gen-ts_proto')],
      out: join(root, 'libs/generated/src'),
      opt: OPTIONS,
      strategy: 'all',
    },
  ],
});

function writeIndex(root: string, name: string, file: string): void {
  const directory = join(root, 'libs/generated/src', name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'index.ts'), `export * from '../${file}.ts';\n`);
}
