require('./plane.js')('control', process.env.CONTENDER_CONTROL_PORT);
