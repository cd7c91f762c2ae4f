/** The second lock on imports, beside the Nx rule: no cycles, a pure domain, no way past an index. */
const domainPackages = ['js-yaml', 'zod', 'fast-equals', 'fast-json-patch', 're2js'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle that runs has no order of loading and no layer. Types may refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'domain-is-pure',
      comment: 'The domain touches no file, socket, clock or process.',
      severity: 'error',
      from: { path: '^libs/(domain|ports)/', pathNot: '[.](spec|int[.]spec)[.]ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'domain-packages',
      comment: `The domain may use only these packages: ${domainPackages.join(', ')}.`,
      severity: 'error',
      from: { path: '^libs/(domain|ports)/', pathNot: '[.](spec|int[.]spec|bench[.]spec)[.]ts$' },
      to: { dependencyTypes: ['npm', 'npm-dev'], pathNot: `^node_modules/(${domainPackages.join('|')})/` },
    },
    {
      name: 'no-deep-imports',
      comment: 'Another package is entered by what it exports.',
      severity: 'error',
      from: { path: '^libs/(domain|adapters)/([^/]+)/' },
      to: { path: '^libs/(domain|adapters)/', pathNot: ['^libs/$1/$2/', '/src/index[.]ts$'] },
    },
    {
      name: 'services-do-not-meet',
      comment: 'Services meet in proto/ and in the custom resources.',
      severity: 'error',
      from: { path: '^services/([a-z-]+)/', pathNot: ['[.]spec[.]ts$', '/testing/'] },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'testing-is-for-tests',
      comment: 'What serves tests is not part of the product.',
      severity: 'error',
      from: {
        path: '^(libs|services|cli)/',
        pathNot: ['^libs/testing/', '[.](spec|int[.]spec|bench[.]spec)[.]ts$', '/testing/'],
      },
      to: { path: '^libs/testing/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['node_modules/(?!@tiphys)', '^dist/', '^tools/lint/fixtures/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
