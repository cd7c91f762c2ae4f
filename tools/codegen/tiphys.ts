import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Packages of the internal contracts and the name they are imported by: `@tiphys/generated/<name>`. */
const PACKAGES: readonly { readonly name: string; readonly file: string }[] = [
  { name: 'tiphys-repo', file: 'tiphys/repo/v1/repo' },
];

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
export function generateTiphysStubs(root: string): void {
  const scratch = mkdtempSync(join(tmpdir(), 'tiphys-codegen-'));
  try {
    const template = join(scratch, 'buf.gen.yaml');
    writeFileSync(template, JSON.stringify(templateFor(root)));
    execFileSync(join(root, 'node_modules/.bin/buf'), ['generate', '.', '--template', template], {
      cwd: join(root, 'proto'),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    for (const { name, file } of PACKAGES) writeIndex(root, name, file);
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
