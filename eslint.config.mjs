/**
 * Typed lint for everything we write, and one wall: pure code (domain, policies) reads no clock, no
 * random and no locale of the machine (I8). test/walls/lint.test.ts holds each rule of the wall
 * against a fixture that must fail.
 */
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const NOW = 'Pure code has no clock (I8): take `now` as an argument.';
const RANDOM = 'Pure code has no random (I8): take it as an argument.';
const LOCALE = 'Pure code has no locale or time zone of the machine (I8): name it.';

export default tseslint.config(
  { ignores: ['dist/', 'demo-output/', 'test/walls/fixtures/', '**/.gemini-images/'] },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: 'tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { requireDefaultForNonUnion: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // A port's method is async for the adapters that need it.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/domain/**', 'src/policies/**', 'src/governor/**', 'src/sessions/**', 'src/lane/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: NOW },
        { object: 'Math', property: 'random', message: RANDOM },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'performance', message: NOW },
        { name: 'crypto', message: RANDOM },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: NOW },
        { selector: 'CallExpression[callee.name="Date"]', message: NOW },
        {
          selector: ':matches(NewExpression, CallExpression)[callee.object.name="Intl"][arguments.length=0]',
          message: LOCALE,
        },
        {
          selector:
            ':matches(NewExpression, CallExpression)[callee.property.name="DateTimeFormat"][arguments.length<2]',
          message: LOCALE,
        },
        { selector: 'CallExpression[callee.property.name=/^toLocale/][arguments.length=0]', message: LOCALE },
        {
          selector: 'CallExpression[callee.property.name="localeCompare"][arguments.length<2]',
          message: LOCALE,
        },
      ],
    },
  },
  { files: ['src/cli/**', 'scripts/**', 'bench/**', 'docker/**', '.ci/**'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**', 'bench/**', 'scripts/**'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // Matchers such as `expect.any` and parsed JSON are `any` by nature.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
);
