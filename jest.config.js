/** Nest 12 is ESM only and jest on Node 20 cannot load it natively, so swc turns it into CommonJS too. */
const swc = (parser) => [
  '@swc/jest',
  {
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
  },
];

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': swc({ syntax: 'typescript', decorators: true }),
    '^.+\\.m?js$': swc({ syntax: 'ecmascript' }),
  },
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs|@stdlib|file-type|csv-parse)/)'],
  moduleNameMapper: {
    '^@app/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  // Globals of a test cost 0.2 µs a look-up, which numerical code notices; injected ones do not.
  sandboxInjectedGlobals: ['Math', 'Number', 'Float64Array'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/dist-sdk/'],
};

module.exports = {
  cacheDirectory: '<rootDir>/.cache/jest',
  maxWorkers: 2,
  // What hangs is ended by this; what is slow, because others use the machine too, is not wrong.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/libs/**/*.spec.ts', '<rootDir>/apps/**/*.spec.ts', '<rootDir>/test/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/libs/**/*.db-spec.ts', '<rootDir>/test/*.e2e-spec.ts'],
      globalSetup: '<rootDir>/test/setup/start-postgres.ts',
      globalTeardown: '<rootDir>/test/setup/stop-postgres.ts',
    },
  ],
};
