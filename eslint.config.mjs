import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'dist-sdk/', 'node_modules/', '.cache/', '.data/', 'coverage/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      'no-console': ['error', { allow: ['error'] }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['**/*.js', '**/*.mjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: ['tools/**', 'apps/cli/**', 'bench/**'], rules: { 'no-console': 'off' } },
  {
    files: ['libs/**/*.ts'],
    // SystemClock is where the wall clock comes in.
    ignores: ['**/*.spec.ts', '**/*.db-spec.ts', 'libs/testing/**', 'libs/kernel/src/clock.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'Take a Clock.',
        },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take a Clock.' },
        {
          selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
          message: 'Take an Rng.',
        },
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Only apps/*/src/config.ts reads the environment.',
        },
      ],
    },
  },
);
