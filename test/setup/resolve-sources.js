/**
 * jest compiles a globalSetup but does not map its imports; this maps them as jest.config.js does for specs:
 * `@app/lib` to its index, and a relative `./file.js` to the `./file.ts` it is compiled from.
 */
const { existsSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const root = path.resolve(__dirname, '..', '..');
const resolve = Module._resolveFilename;

Module._resolveFilename = function (request, parent, ...rest) {
  const library = /^@app\/([^/]+)$/.exec(request);
  if (library) return path.join(root, 'libs', library[1], 'src', 'index.ts');
  if (/^\.{1,2}\/.*\.js$/.test(request) && parent?.filename?.endsWith('.ts')) {
    const source = path.resolve(path.dirname(parent.filename), request.replace(/\.js$/, '.ts'));
    if (existsSync(source)) return source;
  }
  return resolve.call(this, request, parent, ...rest);
};
