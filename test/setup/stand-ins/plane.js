// Answers like a plane, so that the supervisor can be tested without one.
const { appendFileSync } = require('node:fs');
const http = require('node:http');
const path = require('node:path');

module.exports = function plane(name, port) {
  const server = http.createServer((_request, response) => response.end('{}'));
  if (port) server.listen(Number(port), process.env.CONTENDER_HOST);
  const idle = setInterval(() => undefined, 1000);
  process.on('SIGTERM', () => {
    appendFileSync(path.join(process.env.CONTENDER_DATA_DIR, 'stopped.txt'), `${name}\n`);
    clearInterval(idle);
    server.close();
    server.closeAllConnections();
  });
  // From here on a polite kill is heard.
  appendFileSync(path.join(process.env.CONTENDER_DATA_DIR, 'listening.txt'), `${name}\n`);
};
