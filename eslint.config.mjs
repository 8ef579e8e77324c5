// @ts-check
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { layers } from './scripts/lint/layers.mjs';

/** What a pure layer must not reach for: it runs in extension hosts, workers, the CLI and browsers alike. */
const HOST_GLOBALS = [
  ...['process', 'Buffer', 'require', '__dirname', '__filename', 'global'],
  ...['window', 'document', 'navigator', 'localStorage', 'fetch'],
];

export default defineConfig(
  { ignores: ['dist/**', '.vscode-test/**', 'node_modules/**', 'test/fixtures/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    // One program, as tsc makes it: a project service, made for editors, takes a fifth more of a whole run.
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['src/**/*.ts', 'webview/**/*.ts'],
    plugins: { tract: { rules: { layers } } },
    rules: { 'tract/layers': 'error' },
  },
  {
    files: ['src/core/**/*.ts', 'src/tokens/**/*.ts'],
    ignores: ['src/tokens/node/**'],
    rules: { 'no-restricted-globals': ['error', ...HOST_GLOBALS] },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
  },
);
