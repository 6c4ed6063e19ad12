require('./plane.js')('edge', process.env.CONTENDER_EDGE_PORT);
