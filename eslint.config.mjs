import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

/** Which layer may import which. No `*` rule: an untagged project fails closed. */
const layers = [
  ['layer:model', []],
  ['layer:domain', ['layer:domain', 'layer:model']],
  ['layer:ports', ['layer:domain', 'layer:model']],
  ['layer:adapter', ['layer:ports', 'layer:domain', 'layer:model', 'layer:generated']],
  ['layer:runtime', ['layer:ports', 'layer:domain', 'layer:model']],
  [
    'layer:service',
    ['layer:adapter', 'layer:runtime', 'layer:ports', 'layer:domain', 'layer:model', 'layer:generated'],
  ],
  ['layer:client', ['layer:adapter', 'layer:ports', 'layer:generated', 'layer:domain', 'layer:model']],
  ['layer:generated', []],
  [
    'layer:testing',
    [
      'layer:testing',
      'layer:runtime',
      'layer:adapter',
      'layer:ports',
      'layer:domain',
      'layer:model',
      'layer:generated',
    ],
  ],
].map(([sourceTag, onlyDependOnLibsWithTags]) => ({ sourceTag, onlyDependOnLibsWithTags }));

const specs = [
  '**/*.spec.ts',
  '**/*.e2e.ts',
  'services/*/src/**/testing/**',
  'libs/adapters/*/src/**/testing/**',
  'cli/src/testing/**',
];
const typed = [
  'libs/**/*.ts',
  'services/**/*.ts',
  'cli/**/*.ts',
  'e2e/**/*.ts',
  'tools/**/*.ts',
  'k8s/**/*.ts',
  'helm/**/*.ts',
];

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      'dist/**',
      'libs/generated/src/**',
      '.nx/**',
      '.tiphys/**',
      'tools/lint/fixtures/**',
    ],
  },
  {
    files: typed,
    extends: [...tseslint.configs.recommendedTypeChecked, prettier],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/max-params': ['error', { max: 4 }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-console': 'error',
      'max-lines': ['error', { max: 500 }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      '@nx/enforce-module-boundaries': [
        'error',
        { allow: [], depConstraints: layers, enforceBuildableLibDependency: false },
      ],
    },
  },
  {
    files: ['services/**/*.ts'],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/max-params': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  { files: ['cli/**/*.ts', 'tools/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['libs/domain/**/*.ts', 'libs/ports/**/*.ts'],
    ignores: specs,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: 'The domain is pure: no IO.' }] },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Pass the time in.' },
        { object: 'Math', property: 'random', message: 'Pass randomness in.' },
      ],
    },
  },
  {
    files: specs,
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      '@nx/enforce-module-boundaries': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
